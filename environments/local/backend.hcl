# What every state of this environment shares; the runner adds the key of each stack.
bucket       = "fs-state-666666666666-eu-west-1"
region       = "eu-west-1"
use_lockfile = true
