/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-identity.h"

/* clang-format off */
const char tls_identity_key[]
    = "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIOOyGrxdSC5HeE2+8vDDTwLD1HPqDna7DHrFlKnJfUNwoAoGCCqGSM49\n"
      "AwEHoUQDQgAEc0r4xV/2ZePWejftHp9odBjIDeJ07ZWKrDWt92WfORec5/efJCw+\n"
      "zjyqsWSDa4FQdaEXAHq19l+33eNq7jo7hw==\n"
      "-----END EC PRIVATE KEY-----\n";

const char tls_identity_certificate[]
    = "-----BEGIN CERTIFICATE-----\n"
      "MIIBhTCCASygAwIBAgIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDEwRmdXp6MCAX\n"
      "DTIwMDEwMTAwMDAwMFoYDzIwOTAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRmdXp6\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEc0r4xV/2ZePWejftHp9odBjIDeJ0\n"
      "7ZWKrDWt92WfORec5/efJCw+zjyqsWSDa4FQdaEXAHq19l+33eNq7jo7h6N3MHUw\n"
      "DwYDVR0TAQH/BAUwAwEB/zAdBgNVHSUEFjAUBggrBgEFBQcDAgYIKwYBBQUHAwEw\n"
      "FAYDVR0RBA0wC4IJbG9jYWxob3N0MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQU\n"
      "kDJd7OjXZ3qzk6j6rBbioFiqhrYwCgYIKoZIzj0EAwIDRwAwRAIgXCoyaqROY29a\n"
      "4eK0oDbWR1s0YKcd7awPHwax906dYF8CIDVYS3YXhFbHEuysO7Ko6jYZg3EDiO+J\n"
      "uV8F9yJColcT\n"
      "-----END CERTIFICATE-----\n";
/* clang-format on */
