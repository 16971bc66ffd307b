# A bucket's surroundings: partitioned access logs, events, CORS for a labelling tool, requester pays, ownership, ACL of the log target.
data "aws_caller_identity" "current" {}
data "aws_canonical_user_id" "current" {}

resource "aws_s3_bucket" "data" {
  bucket        = "offline-bucket-traffic"
  force_destroy = true
  tags          = { Name = "features", Revision = var.revision }
}

resource "aws_s3_bucket" "logs" {
  bucket        = "offline-bucket-traffic-logs"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "logs" {
  bucket = aws_s3_bucket.logs.id
  access_control_policy {
    owner {
      id = data.aws_canonical_user_id.current.id
    }
    grant {
      permission = "FULL_CONTROL"
      grantee {
        type = "CanonicalUser"
        id   = data.aws_canonical_user_id.current.id
      }
    }
    grant {
      permission = "WRITE"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }
    grant {
      permission = "READ_ACP"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }
  }
  depends_on = [aws_s3_bucket_ownership_controls.logs]
}

resource "aws_s3_bucket_logging" "data" {
  bucket        = aws_s3_bucket.data.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "access/r${var.revision}/"
  target_object_key_format {
    partitioned_prefix {
      partition_date_source = "EventTime"
    }
  }
  depends_on = [aws_s3_bucket_acl.logs]
}

resource "aws_s3_bucket_cors_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  cors_rule {
    id              = "label"
    allowed_headers = ["*"]
    allowed_methods = ["GET", "PUT", "HEAD"]
    allowed_origins = ["https://label.example.com"]
    expose_headers  = ["ETag", "x-amz-version-id"]
    max_age_seconds = 600 * var.revision
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}

resource "aws_s3_bucket_request_payment_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  payer  = var.revision == 1 ? "Requester" : "BucketOwner"
}

resource "aws_s3_bucket_accelerate_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  status = var.revision == 1 ? "Enabled" : "Suspended"
}

resource "aws_s3_bucket_public_access_block" "data" {
  for_each                = { data = aws_s3_bucket.data.id, logs = aws_s3_bucket.logs.id }
  bucket                  = each.value
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = each.key == "data"
  restrict_public_buckets = true
}

resource "aws_sqs_queue" "arrivals" {
  name = "offline-bucket-arrivals"
}

resource "aws_sqs_queue_policy" "arrivals" {
  queue_url = aws_sqs_queue.arrivals.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.arrivals.arn
      Condition = {
        ArnEquals    = { "aws:SourceArn" = aws_s3_bucket.data.arn }
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
      }
    }]
  })
}

resource "aws_s3_bucket_notification" "data" {
  bucket      = aws_s3_bucket.data.id
  eventbridge = true
  queue {
    id            = "parquet"
    queue_arn     = aws_sqs_queue.arrivals.arn
    events        = ["s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"]
    filter_prefix = "features/"
    filter_suffix = ".parquet"
  }
  dynamic "queue" {
    for_each = var.revision > 1 ? ["s3:ObjectRemoved:*"] : []
    content {
      queue_arn = aws_sqs_queue.arrivals.arn
      events    = [queue.value]
    }
  }
  depends_on = [aws_sqs_queue_policy.arrivals]
}

resource "aws_cloudwatch_event_rule" "objects" {
  name = "offline-bucket-objects"
  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail        = { bucket = { name = [aws_s3_bucket.data.id] }, object = { key = [{ prefix = "features/" }], size = [{ numeric = [">", 0] }] } }
  })
}

data "aws_s3_bucket" "data" {
  bucket     = aws_s3_bucket.data.id
  depends_on = [aws_s3_bucket_logging.data]
}

output "domain" { value = data.aws_s3_bucket.data.bucket_regional_domain_name }
