"""A device that speaks MQTT over TLS with a certificate of its own."""

import ssl
import threading
import urllib.request

import paho.mqtt.client as mqtt

from emulator import DEADLINE_SECONDS


class Device:
    """A thing of the registry whose certificate has the template's device policy."""

    def __init__(self, stack, organization, name, folder):
        self.name = name
        iot = stack.emulator.client("iot")
        iot.create_thing(thingName=name, attributePayload={"attributes": {"org_id": organization}})
        certificate = iot.create_keys_and_certificate(setAsActive=True)
        policy = iot.get_policy(policyName=stack.resources["DevicePolicy"]["PhysicalResourceId"])
        # The emulator does not know the attributes of things in policies.
        document = policy["policyDocument"].replace("${iot:Connection.Thing.Attributes[org_id]}", organization)
        iot.create_policy(policyName=name, policyDocument=document)
        iot.attach_policy(policyName=name, target=certificate["certificateArn"])
        iot.attach_thing_principal(thingName=name, principal=certificate["certificateArn"])
        (folder / "device.crt").write_text(certificate["certificatePem"])
        (folder / "device.key").write_text(certificate["keyPair"]["PrivateKey"])
        with urllib.request.urlopen(f"{stack.emulator.url}/_ministack/iot/ca.pem") as authority:
            self._tls = ssl.create_default_context(cadata=authority.read().decode())
        self._tls.load_cert_chain(folder / "device.crt", folder / "device.key")
        self._port = stack.emulator.mqtt_port

    def connect(self, client_id=None):
        """A connection, as the device's own thing unless told otherwise."""
        return Connection(client_id or self.name, self._tls, self._port)


class Connection:
    """One MQTT connection; a context manager."""

    def __init__(self, client_id, tls, port):
        self._ended = threading.Event()
        self._connected = threading.Event()
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311, reconnect_on_failure=False
        )
        self._client.tls_set_context(tls)
        self._client.on_connect = lambda _client, _data, _flags, reason, _properties: (
            self._ended.set() if reason.is_failure else self._connected.set()
        )
        self._client.on_disconnect = lambda *_: self._ended.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def publish(self, topic, message):
        """Publishes at QoS 1 and waits until the broker has it."""
        assert self._connected.wait(DEADLINE_SECONDS), "the broker took the connection"
        self._client.publish(topic, message, qos=1).wait_for_publish(DEADLINE_SECONDS)

    def publish_in_vain(self, topic, message):
        """Publishes what the broker does not take, and waits until it hangs up, as AWS does."""
        assert self._connected.wait(DEADLINE_SECONDS), "the broker took the connection"
        self._client.publish(topic, message, qos=1)
        assert self._ended.wait(DEADLINE_SECONDS), "the broker hung up"

    def is_refused(self):
        """Whether the broker hangs up instead of taking the connection."""
        assert self._ended.wait(DEADLINE_SECONDS), "the broker hung up"
        return not self._connected.is_set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.disconnect()
        self._client.loop_stop()
