"""A bootstrap under AWS's own emulation of the Lambda runtime, so that what answers is what is deployed."""

import json

from rie import RuntimeInterfaceEmulator
from tenant import sample


def run(function, executables, stack, folder):
    environment = {**stack.emulator.environment, **stack.variables(function)}
    return RuntimeInterfaceEmulator(executables[function], environment, folder)


def test_health_is_answered_again_and_again(executables, stack, tmp_path):
    with run("platform-get-health", executables, stack, tmp_path) as runtime:
        for _ in range(3):
            reply = runtime.invoke(json.loads(sample("platform-get-health")))
            assert reply["statusCode"] == 200
            assert json.loads(reply["body"])["status"] == "ok"


def test_a_function_reads_the_table(executables, stack, tenant, tmp_path):
    event = tenant.event("places-get-overview")
    with run("places-get-overview", executables, stack, tmp_path) as runtime:
        reply = runtime.invoke(event)
    assert reply["statusCode"] == 200
    overview = json.loads(reply["body"])
    assert overview["org_id"] == tenant.id
    assert [site["name"] for site in overview["sites"]] == [site["name"] for site in tenant.document["sites"]]


def test_another_tenants_organization_is_not_there(executables, stack, tenant, tmp_path):
    event = tenant.event("places-get-overview")
    foreign = "org_00000000000000000000000000"
    event["pathParameters"]["org_id"] = foreign
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/orgs/{foreign}/overview"
    with run("places-get-overview", executables, stack, tmp_path) as runtime:
        assert runtime.invoke(event)["statusCode"] == 404
