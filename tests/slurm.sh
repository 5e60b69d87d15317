#!/usr/bin/env bash
# Runs a command beside a throw-away SLURM of one node, which is this machine; SLURM_CONF leads to it.
# Usage, where Debian's packages slurm-wlm and munge are installed: bash tests/slurm.sh COMMAND [ARGUMENT...]
set -euo pipefail

export PATH="$PATH:/usr/sbin"
for program in munged slurmctld slurmd; do
  command -v "$program" >/dev/null || { echo "$program is missing: apt-get install slurm-wlm munge" >&2; exit 1; }
done
folder=$(mktemp -d)
chmod 755 "$folder"
mkdir "$folder/spool" "$folder/state"
user=$(id -un)
host=$(hostname -s)
pids=()
stop() {
  scancel --user="$user" 2>/dev/null || true
  for _ in {1..100}; do [[ $(squeue --noheader 2>/dev/null) ]] || break; sleep 0.1; done
  # The node first: it asks the others while it ends.
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
    for _ in {1..50}; do kill -0 "${pids[i]}" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "${pids[i]}" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'; }
head -c 1024 /dev/urandom >"$folder/munge.key"
chmod 400 "$folder/munge.key"
# The folder of the socket is in /tmp, which munged would refuse without --force.
munged --force --foreground --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --seed-file="$folder/munge.seed" >"$folder/munged.log" 2>&1 &
pids+=($!)

cat >"$folder/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1,batch_sched_delay=1
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
END
export SLURM_CONF="$folder/slurm.conf"
for _ in {1..100}; do [[ -S $folder/munge.socket ]] && break; sleep 0.1; done
slurmctld -D -i >"$folder/slurmctld.out" 2>&1 &
pids+=($!)
slurmd -D -N "$host" >"$folder/slurmd.out" 2>&1 &
pids+=($!)
for _ in {1..300}; do
  [[ $(sinfo --noheader --format=%t 2>/dev/null) == idle ]] && break
  sleep 0.1
done
if [[ $(sinfo --noheader --format=%t) != idle ]]; then
  tail "$folder"/*.log "$folder"/*.out >&2
  echo "SLURM has not started" >&2
  exit 1
fi
"$@"
