"""The product deployed from template.yaml to an AWS emulator that is not ours."""

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest
import websocket

from bootstraps import declared
from conftest import ticket
from device import Device
from emulator import STACK, eventually
from tenant import Tenant


def minutes_ago(minutes):
    return datetime.now(timezone.utc) - timedelta(minutes=minutes)


def test_the_template_is_deployed_whole(stack):
    assert stack.status == "CREATE_COMPLETE"
    assert {resource["ResourceStatus"] for resource in stack.resources.values()} == {"CREATE_COMPLETE"}
    assert sorted(stack.functions()) == sorted(f"{STACK}-{function}" for function in declared())


def test_importing_an_organization_again_changes_nothing(tenant, stack):
    before = tenant.get("overview")["sites"]
    assert stack.invoke("platform-import-organization", tenant.document) == tenant.report
    assert tenant.get("overview")["sites"] == before


def test_a_frame_reaches_the_screen(tenant, connect):
    screen = connect(tenant)
    screen.send({"type": "subscribe", "topics": ["org"]})
    screen.receive("subscribed")

    assert tenant.send_frame(3.4) == ["accepted"]

    message = screen.receive("units.changed", lambda data: data["units"][0]["temperature_c"] is not None)
    pushed = message["data"]["units"][0]
    assert (pushed["unit_id"], pushed["temperature_c"]) == (tenant.cooler["id"], 3.4)
    assert tenant.unit_now() == pushed


def test_a_screen_hears_of_its_own_organization_alone(tenant, stack, connect):
    neighbour = Tenant(stack)
    screen = connect(neighbour)
    screen.send({"type": "subscribe", "topics": ["org"]})
    screen.receive("subscribed")

    assert tenant.send_frame(3.4) == ["accepted"]
    assert neighbour.send_frame(2.1) == ["accepted"]

    heard = screen.receive("units.changed", lambda data: data["units"][0]["temperature_c"] is not None)
    assert [unit["unit_id"] for unit in heard["data"]["units"]] == [neighbour.cooler["id"]]


def test_a_screen_that_was_away_is_brought_up_to_date(tenant, connect):
    assert tenant.send_frame(3.4) == ["accepted"]
    screen = connect(tenant)
    screen.send({"type": "subscribe", "topics": ["org"]})
    screen.receive("subscribed")
    screen.send({"type": "resync", "since": 0})

    message = screen.receive("units.changed")
    assert tenant.cooler["id"] in [unit["unit_id"] for unit in message["data"]["units"]]
    screen.receive("resynced")


def test_pings_and_nonsense_are_answered(tenant, connect):
    screen = connect(tenant)
    screen.send({"type": "ping"})
    screen.receive("pong")
    screen.send({"type": "dance"})
    screen.receive("error")


def test_a_frame_sent_twice_counts_once(tenant):
    uplink = tenant.uplink(3.4, minutes_ago(1), 7)
    assert tenant.post_uplink(uplink) == ["accepted"]
    revision = tenant.unit_now()["rev"]
    assert tenant.post_uplink(uplink) == ["duplicate"]
    assert tenant.unit_now()["rev"] == revision


def test_a_frame_of_an_unknown_device_is_kept_aside(tenant):
    assert tenant.send_frame(3.4, dev_eui="00000000DEADBEEF") == ["quarantined"]


def device_message(tenant):
    """What the sample's device published, as the walk-in cooler's sensor."""
    message = json.loads(base64.b64decode(tenant.event("ingest-receive-device-message")["message_base64"]))
    message["WirelessMetadata"]["LoRaWAN"]["DevEui"] = dev_eui(tenant).lower()
    return message


def dev_eui(tenant):
    return tenant.cooler["sensors"][0]["dev_eui"]


def test_a_device_on_mqtt_is_heard(tenant, stack, tmp_path):
    # Whose message it is, is not the device's to say.
    message = {**device_message(tenant), "org_id": Tenant(stack).id}
    with Device(stack, tenant.id, dev_eui(tenant), tmp_path).connect() as connection:
        connection.publish(f"freshtrack/{tenant.id}/{dev_eui(tenant)}/up", json.dumps(message))
    eventually(lambda: tenant.unit_now()["temperature_c"] == 1.3, "the unit shows the device's temperature")


def test_a_device_speaks_for_itself_alone(tenant, stack, tmp_path):
    neighbour = Tenant(stack)
    device = Device(stack, tenant.id, dev_eui(tenant), tmp_path)
    own, foreign = (f"freshtrack/{owner.id}/{dev_eui(owner)}/up" for owner in (tenant, neighbour))
    with device.connect() as connection:
        connection.publish_in_vain(foreign, json.dumps(device_message(neighbour)))
    with device.connect() as connection:
        connection.publish_in_vain(own.replace("/up", "/down"), "{}")
    with device.connect(client_id=dev_eui(neighbour)) as connection:
        assert connection.is_refused()
    # Later than the others, it has been taken: theirs would be to be seen by now.
    with device.connect() as connection:
        connection.publish(own, json.dumps(device_message(tenant)))
    eventually(lambda: tenant.unit_now()["temperature_c"] == 1.3, "the unit shows the device's temperature")
    assert neighbour.unit_now()["temperature_c"] is None


def test_readings_in_the_retry_queue_are_recorded(tenant, stack):
    record = tenant.event("ingest-retry-readings")["Records"][0]
    stack.emulator.client("sqs").send_message(
        QueueUrl=stack.outputs["IngestRetryQueueUrl"],
        MessageBody=record["body"],
        MessageGroupId=record["attributes"]["MessageGroupId"],
    )
    eventually(lambda: tenant.unit_now()["temperature_c"] == 1.3, "the unit shows the queued temperature")


def test_an_alert_opens_closes_and_leaves_a_trail(tenant):
    for celsius, age in [(3.0, 30), (9.4, 28), (9.6, 16), (9.9, 15)]:
        assert tenant.send_frame(celsius, minutes_ago(age)) == ["accepted"]
    [alert] = tenant.get("alerts?status=open")["items"]
    assert (alert["unit_id"], alert["kind"], alert["side"]) == (tenant.cooler["id"], "temp_excursion", "high")

    for celsius, age in [(3.0, 10), (3.0, 5), (3.0, 1)]:
        assert tenant.send_frame(celsius, minutes_ago(age)) == ["accepted"]
    assert tenant.get("alerts?status=open")["items"] == []
    assert [resolved["id"] for resolved in tenant.get("alerts?status=resolved")["items"]] == [alert["id"]]

    # From the table's stream over the bus and the queue, so it takes its time.
    def trail():
        return [entry["event"] for entry in tenant.get(f"alerts/{alert['id']}")["trail"]]

    eventually(lambda: "alert.resolved" in trail(), "the trail tells how the alert ended")
    assert trail()[0] == "alert.opened"


def test_requests_need_a_key_of_the_organization(tenant, stack):
    neighbour = Tenant(stack)
    path = tenant.path("overview")
    assert stack.request("GET", path)[0] == 401
    assert stack.request("GET", path, key="ftk_00000000_00000000000000000000000000000000")[0] == 403
    assert stack.request("GET", path, key=neighbour.view_key)[0] == 404
    assert stack.request("GET", path, key=tenant.ingest_key)[0] == 403


def test_a_ticket_opens_one_socket(tenant):
    url = ticket(tenant)
    protocol = ["Sec-WebSocket-Protocol: freshtrack.v1"]
    websocket.create_connection(url, timeout=30, header=protocol).close()
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(url, timeout=30, header=protocol)


@pytest.mark.parametrize("function", declared())
def test_every_function_takes_its_sample_event(function, tenant, stack):
    answer = stack.invoke(function, tenant.event(function))
    assert answer is None or answer.get("statusCode", 200) < 500
