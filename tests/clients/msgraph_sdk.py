"""Microsoft's Python SDK, told the address of the rehearsal."""
import asyncio
import os

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import AssignLicensePostRequestBody
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

ADDRESS = os.environ["TENANTSH_GRAPH"]
Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters


def licenses(add=(), remove=()):
    add = [AssignedLicense(sku_id=sku, disabled_plans=[]) for sku in add]
    return AssignLicensePostRequestBody(add_licenses=add, remove_licenses=list(remove))


async def main():
    credential = ClientSecretCredential("contoso.onmicrosoft.com", "11111111-2222-4333-8444-555555555555", "any",
                                        authority=ADDRESS, disable_instance_discovery=True)
    provider = AzureIdentityAuthenticationProvider(credential, scopes=["https://graph.microsoft.com/.default"],
                                                   allowed_hosts=["localhost"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{ADDRESS}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)

    query = Query(select=["id", "userPrincipalName", "licenseAssignmentStates"], top=7)
    page = await graph.users.get(request_configuration=RequestConfiguration(query_parameters=query))
    users = page.value
    while page.odata_next_link:
        page = await graph.users.with_url(page.odata_next_link).get()
        users += page.value
    assert len({user.id for user in users}) == len(users) == 39, len(users)

    skus = (await graph.subscribed_skus.get()).value
    assert all(sku.prepaid_units.enabled is not None for sku in skus)

    user, sku = next((user, own.sku_id) for user in users for own in user.license_assignment_states
                     if not own.assigned_by_group)
    delta = await graph.users.delta.get()
    while delta.odata_next_link:
        delta = await graph.users.delta.with_url(delta.odata_next_link).get()
    await graph.users.by_user_id(user.id).assign_license.post(licenses(remove=[sku]))
    try:
        await graph.users.by_user_id(user.id).assign_license.post(licenses(remove=[sku]))
        raise AssertionError("a second removal was let through")
    except ODataError as fault:
        assert fault.error.message == "User does not have a corresponding license.", fault.error.message
    try:
        await graph.users.by_user_id("nobody@contoso.com").get()
        raise AssertionError("nobody was found")
    except ODataError as fault:
        assert (fault.response_status_code, fault.error.code) == (404, "Request_ResourceNotFound")
    news = await graph.users.delta.with_url(delta.odata_delta_link).get()
    assert [own.user_principal_name for own in news.value] == [user.user_principal_name]
    print("all as expected")


asyncio.run(main())
