# What is expected of the values of features, judged one feature at a time.
locals {
  expectations = flatten([
    for name, group in local.group_documents : [
      for feature, expected in try({ for key in keys(group.expectations) : key => group.expectations[key] }, {}) : {
        group    = name
        feature  = feature
        expected = expected
        types    = try([for one in group.features : one.type if one.name == feature], [])
        allowed  = try([for value in expected.allowed : value], [])
      }
    ]
  ])

  expectation_problems = flatten([
    for it in local.expectations : [
      for p in [
        {
          bad  = length(it.types) == 0
          key  = ""
          rule = "${it.feature} is none of the features."
          fix  = "name a feature, or leave it out"
        },
        {
          bad  = try(length(keys(it.expected)) == 0, false)
          key  = ""
          rule = "nothing is expected."
          fix  = "say what is, or leave the feature out"
        },
        {
          bad  = can(it.expected.min) && contains(it.types, "String")
          key  = ".min"
          rule = "${it.feature} is String, and has no bounds."
          fix  = "leave it out"
        },
        {
          bad  = can(it.expected.max) && contains(it.types, "String")
          key  = ".max"
          rule = "${it.feature} is String, and has no bounds."
          fix  = "leave it out"
        },
        {
          bad  = try(tonumber(it.expected.min) > tonumber(it.expected.max), false)
          key  = ".max"
          rule = "max is less than min."
          fix  = "swap them, or leave one out"
        },
        {
          bad  = can(it.expected.allowed) && length(setintersection(it.types, ["Integral", "Fractional"])) > 0
          key  = ".allowed"
          rule = "${it.feature} is a number; allowed lists values of String."
          fix  = "write min and max"
        },
        {
          bad = can(it.expected.allowed) && (
            length(it.allowed) == 0 || length(it.allowed) > 50 || length(distinct(it.allowed)) < length(it.allowed) ||
            !alltrue([for value in it.allowed : can(regex("^\"[ -~]{1,130}\"$", jsonencode(value))) && try(length(value) <= 64, false)])
          )
          key  = ".allowed"
          rule = "must be a list of 1 to 50 different texts of 1 to 64 printable ASCII characters."
          fix  = "correct it"
        },
      ] : { file = "feature-groups/${it.group}.yaml", key = "expectations.${it.feature}${p.key}", rule = p.rule, fix = p.fix } if p.bad
    ]
  ])
}
