"""An independent AWS emulator on the loopback interface, and the product deployed to it with `sam deploy`."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.utils import parseaddr
from pathlib import Path

import boto3

import http_api
from bootstraps import function_behind, lay_out

REGION = "us-east-1"
STACK = "freshtrack-dev"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
DEADLINE_SECONDS = 30


def eventually(probe, wanted):
    """Calls `probe` until it returns something truthy, and returns that; fails after a deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"after {DEADLINE_SECONDS} s still not: {wanted}")
        time.sleep(0.1)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    """A running ministack. Its functions inherit its environment, and so find it by the usual AWS variables."""

    def __init__(self, folder):
        self.port, self.mqtt_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "emulator.log"
        self.environment = {
            **os.environ,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def __enter__(self):
        settings = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_PORT": str(self.mqtt_port),
            # Enforce what roles and policies say.
            "AUTH": "true",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("ministack")],
                env={**self.environment, **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            eventually(self._is_up, f"the emulator answers on {self.url}")
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the emulator ended with {self.process.returncode}:\n{self.log.read_text()}")
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


class Stack:
    """The product's template, deployed."""

    def __init__(self, emulator, folder, executables):
        self.emulator = emulator
        # The functions that have done what they were asked.
        self.succeeded = set()
        self._deploy(folder, executables)
        cloudformation = emulator.client("cloudformation")
        description = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        self.status = description["StackStatus"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.resources = {
            resource["LogicalResourceId"]: resource
            for page in pages
            for resource in page["StackResourceSummaries"]
        }
        api, stage = self.outputs["SocketUrl"].removeprefix("wss://").split("/", 1)
        self._socket_path = f"/_aws/execute-api/{api.split('.')[0]}/{stage}"
        self._point_sockets_at_the_emulator()
        self._http_api = self.outputs["HttpApiUrl"].split("://", 1)[1].split(".")[0]
        self._make_routes()
        self._set_up_mail()
        self._say_rights_as_the_emulator_knows_them()

    def _deploy(self, folder, executables):
        lay_out(folder, executables)
        subprocess.run(
            [
                "sam", "deploy",
                "--template-file", "template.yaml",
                "--stack-name", STACK,
                "--region", REGION,
                "--resolve-s3",
                "--capabilities", "CAPABILITY_IAM",
                "--no-confirm-changeset",
                "--parameter-overrides", "Stage=dev", "Architecture=x86_64",
            ],
            cwd=folder,
            env={**self.emulator.environment, "SAM_CLI_TELEMETRY": "0"},
            check=True,
        )

    def _point_sockets_at_the_emulator(self):
        """The host name API Gateway gives a WebSocket API leads nowhere here; the emulator serves it under a path."""
        functions = self.emulator.client("lambda")
        for function in self.functions():
            variables = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
            variables["SOCKET_ENDPOINT"] = self.emulator.url + self._socket_path
            variables["SOCKET_URL"] = f"ws://127.0.0.1:{self.emulator.port}{self._socket_path}"
            functions.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
        for function in self.functions():
            functions.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig={"Delay": 1})

    def _make_routes(self):
        template = self.emulator.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
        functions = self.emulator.client("lambda")

        def arn_of(logical_id):
            name = self.resources[logical_id]["PhysicalResourceId"]
            return functions.get_function_configuration(FunctionName=name)["FunctionArn"]

        definition = template["Resources"]["HttpApi"]["Properties"]["Body"]
        http_api.carry_out(self.emulator.client("apigatewayv2"), self._http_api, definition, arn_of)

    def _set_up_mail(self):
        """Lets SES know the sender, as whoever runs the product has to."""
        ses = self.emulator.client("sesv2")
        sender = self.variables("notify-send-mail")["MAIL_SENDER"]
        ses.create_email_identity(EmailIdentity=parseaddr(sender)[1].split("@")[1])

    def _say_rights_as_the_emulator_knows_them(self):
        """Widens two kinds of rights that no request would have here, since the emulator asks for them in another way."""
        iam = self.emulator.client("iam")
        for role in self._physical("AWS::IAM::Role"):
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                before = json.dumps(policy)
                for statement in policy["Statement"]:
                    # AWS judges a mail by the identity it is from, the emulator by `*`.
                    if statement["Action"] == "ses:SendEmail":
                        statement["Resource"] = "*"
                    # AWS knows what a secret was sealed for, the emulator does not.
                    if "kms:EncryptionContext" in json.dumps(statement.get("Condition")):
                        del statement["Condition"]
                if json.dumps(policy) != before:
                    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    def functions(self):
        """The deployed functions' names."""
        return self._physical("AWS::Lambda::Function")

    def log(self):
        """What the functions have written so far, line by line."""
        pages = self.emulator.client("logs").get_paginator("filter_log_events")
        return [
            event["message"]
            for group in self._physical("AWS::Logs::LogGroup")
            for page in pages.paginate(logGroupName=group)
            for event in page["events"]
        ]

    def _physical(self, kind):
        return [
            resource["PhysicalResourceId"]
            for resource in self.resources.values()
            if resource["ResourceType"] == kind
        ]

    def variables(self, function):
        """The environment variables the template gives a function."""
        configuration = self.emulator.client("lambda").get_function_configuration(FunctionName=f"{STACK}-{function}")
        return configuration["Environment"]["Variables"]

    def invoke(self, function, event):
        """Invokes a function as an operator does, and returns what it answered."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=f"{STACK}-{function}", Payload=json.dumps(event).encode()
        )
        body = answer["Payload"].read()
        assert "FunctionError" not in answer, f"{function}: {body.decode()}"
        reply = json.loads(body)
        if not isinstance(reply, dict) or reply.get("statusCode", 200) < 400:
            self.succeeded.add(function)
        return reply

    def request(self, method, path, body=None, key=None, headers=None):
        """Calls the HTTP API; returns the status and the JSON body, if there is one."""
        request = urllib.request.Request(
            f"{self.emulator.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            # The emulator, like API Gateway, tells APIs apart by host name.
            headers={"Host": f"{self._http_api}.execute-api.localhost", "Content-Type": "application/json", **(headers or {})},
        )
        if key is not None:
            request.add_header("Authorization", f"Bearer {key}")
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                status, text = refusal.code, refusal.read()
        if status < 400:
            self.succeeded.add(function_behind(method, path))
        return status, json.loads(text) if text else None

    def role(self, function):
        """The role that a function acts in."""
        return self.emulator.client("lambda").get_function_configuration(FunctionName=f"{STACK}-{function}")["Role"]
