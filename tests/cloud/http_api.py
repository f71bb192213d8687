"""The HTTP API's OpenAPI definition, carried out call by call: the emulator does not import it."""

import re

AUTHORIZER = "x-amazon-apigateway-authorizer"
INTEGRATION = "x-amazon-apigateway-integration"


def carry_out(gateway, api, definition, arn_of):
    """Makes what `definition`, the template's, says of the HTTP API with the id `api`.

    `arn_of` gives the ARN of the function with a logical id.
    """
    authorizers = {
        name: _authorizer(gateway, api, name, scheme[AUTHORIZER], arn_of)
        for name, scheme in definition["components"]["securitySchemes"].items()
    }
    for path, operations in definition["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            integration = operation[INTEGRATION]
            made = gateway.create_integration(
                ApiId=api,
                IntegrationType=integration["type"].upper(),
                IntegrationMethod=integration["httpMethod"],
                IntegrationUri=_uri(integration["uri"], arn_of),
                PayloadFormatVersion=integration["payloadFormatVersion"],
            )
            names = [name for requirement in operation.get("security", []) for name in requirement]
            guarded = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[names[0]]} if names else {}
            gateway.create_route(
                ApiId=api,
                RouteKey=f"{method.upper()} {path}",
                Target=f"integrations/{made['IntegrationId']}",
                **guarded,
            )


def _authorizer(gateway, api, name, authorizer, arn_of):
    made = gateway.create_authorizer(
        ApiId=api,
        Name=name,
        AuthorizerType=authorizer["type"].upper(),
        AuthorizerPayloadFormatVersion=authorizer["authorizerPayloadFormatVersion"],
        EnableSimpleResponses=authorizer["enableSimpleResponses"],
        IdentitySource=[authorizer["identitySource"]],
        AuthorizerResultTtlInSeconds=authorizer["authorizerResultTtlInSeconds"],
        AuthorizerUri=_uri(authorizer["authorizerUri"], arn_of),
    )
    return made["AuthorizerId"]


def _uri(value, arn_of):
    """The URI by which API Gateway calls the function that `value`, a text with its name in it, is about."""
    arn = arn_of(re.search(r"\$\{(\w+)\.Arn\}", value["Fn::Sub"]).group(1))
    region = arn.split(":")[3]
    return f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
