# What every state of this environment shares; the runner adds the key of each stack.
bucket       = "fs-staging-state-200000000006-eu-west-1"
region       = "eu-west-1"
use_lockfile = true
encrypt      = true
