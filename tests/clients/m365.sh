#!/usr/bin/env bash
# CLI for Microsoft 365 as it comes: it finds the rehearsal through the proxy and the certificate in its environment.
set -u
export CLIMICROSOFT365_NOUPDATE=1
m365() { timeout 60 node_modules/.bin/m365 "$@"; }
user=anna@contoso.com product=6fd2c87f-b296-42f0-b197-1e91e994b900
expect() { # NAME WANTED GOT
  [ "$2" = "$3" ] || { echo "$1: wanted '$2', got '$3'"; exit 1; }
}
m365 cli config set --key disableTelemetry --value true >/dev/null
m365 login --authType secret --appId 11111111-2222-4333-8444-555555555555 --tenant 22222222-2222-4333-8444-555555555555 \
  --secret any >/dev/null || { echo "can't sign in"; exit 1; }
expect "users" 39 "$(m365 entra user list --output json --query 'length(@)')"
m365 entra user license remove --userName $user --ids $product --force >/dev/null; expect "remove" 0 $?
refusal=$(m365 entra user license remove --userName $user --ids $product --force 2>&1); expect "remove again" 1 $?
expect "the refusal" "Error: User does not have a corresponding license." "$refusal"
m365 entra user license add --userName $user --ids $product >/dev/null; expect "add" 0 $?
m365 entra user session revoke --userName $user --force >/dev/null; expect "revoke" 0 $?
m365 entra user set --userName $user --accountEnabled false >/dev/null; expect "block" 0 $?
m365 entra user remove --userName $user --force >/dev/null; expect "delete" 0 $?
id=$(m365 entra user recyclebinitem list --output json --query "[?userPrincipalName=='$user'].id | [0]" | tr -d '"')
m365 entra user recyclebinitem restore --id "$id" >/dev/null; expect "restore" 0 $?
expect "blocked still" false "$(m365 request --url "https://graph.microsoft.com/v1.0/users/$user?\$select=accountEnabled" --query accountEnabled --output json)"
echo "all as expected"
