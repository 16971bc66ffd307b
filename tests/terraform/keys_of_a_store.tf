# Stores of keys outside KMS: an external key manager behind a proxy, the store's data source and a key in it.
resource "aws_kms_custom_key_store" "outside" {
  custom_key_store_name  = var.revision == 1 ? "outside" : "outside-renamed"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://keys.example.com"
  xks_proxy_uri_path     = "/example-prefix/kms/xks/v1"
  xks_proxy_authentication_credential {
    access_key_id         = "ABCDE12345670EXAMPLE"
    raw_secret_access_key = "DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo="
  }
}
data "aws_kms_custom_key_store" "outside" {
  custom_key_store_id = aws_kms_custom_key_store.outside.id
}
output "connected" {
  value = data.aws_kms_custom_key_store.outside.connection_state
}
