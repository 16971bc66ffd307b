# A template is read once and becomes a format with a numbered verb for each hole, in the order of the holes' names: the
# order in which Terraform goes through the attributes of an object. A `templatefile` for each document would parse the
# template again for each (twice, in fact), which is most of the time of a large environment.
#
# A call site passes only the holes that its template has: one that drops a condition still renders, so that the proof
# can say what the drop lets through.
#
# Every hole is `$${jsonencode(x)}`, so what fills it is JSON. A broken template fails the plan with a reason, and white
# space never counts toward a quota.

locals {
  policies = "${path.module}/../../policies"

  holes = {
    for file in fileset(local.policies, "*/*.json.tftpl") : trimsuffix(file, ".json.tftpl") =>
    sort(distinct(flatten(regexall("\\$\\{jsonencode\\((\\w+)\\)\\}", file("${local.policies}/${file}")))))
  }
  templates = {
    for name, holes in local.holes : name => replace(
      replace(
        jsonencode(jsondecode(templatefile("${local.policies}/${name}.json.tftpl", { for index, hole in holes : hole => "hole ${index + 1}" }))),
        "%", "%%",
      ),
      "/\"hole (\\d+)\"/", "%[$1]s",
    )
  }
}
