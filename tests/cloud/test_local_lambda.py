"""Lambda in the local cloud: the runtime, the environment, retries and destinations."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from tests.cloud.conftest import LOGS, Handmade, archive

FAIL = "def handle(event, context):\n    raise ValueError('no luck')\n"
QUEUE = "arn:aws:sqs:ap-southeast-2:123456789012:failures"
SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}


def invoke_later(handmade: Handmade, event: Any) -> None:
    client = handmade.cloud.client("lambda")
    answer = client.invoke(FunctionName="fn", InvocationType="Event", Payload=json.dumps(event))
    assert answer["StatusCode"] == 202
    handmade.cloud.settle()


def on_failure(handmade: Handmade, **more: Any) -> None:
    handmade.cloud.client("lambda").put_function_event_invoke_config(
        FunctionName="fn", DestinationConfig={"OnFailure": {"Destination": QUEUE}}, **more
    )


def test_what_becomes_of_failed_events_is_changed_key_by_key(handmade: Handmade) -> None:
    handmade.function(FAIL)
    functions = handmade.cloud.client("lambda")
    with pytest.raises(ClientError, match="doesn't have an EventInvokeConfig"):
        functions.update_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=1)
    on_failure(handmade, MaximumRetryAttempts=2)
    answer = functions.update_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=0)
    for found in (answer, functions.get_function_event_invoke_config(FunctionName="fn")):
        assert found["MaximumRetryAttempts"] == 0
        assert found["DestinationConfig"]["OnFailure"] == {"Destination": QUEUE}


def test_an_invocation_returns_what_the_handler_returns(handmade: Handmade) -> None:
    arn = handmade.function("def handle(event, context):\n    return [event, context.invoked_function_arn]\n")
    assert handmade.invoke(event={"a": 1}) == ([{"a": 1}, arn], "")
    assert handmade.invoke(name=arn, event={"a": 1})[1] == ""


def test_an_exception_is_a_function_error_with_its_type(handmade: Handmade) -> None:
    handmade.function(FAIL)
    result, error = handmade.invoke()
    assert error == "Unhandled"
    assert (result["errorType"], result["errorMessage"]) == ("ValueError", "no luck")
    (report,) = handmade.lines(pattern='{ $.type = "platform.report" }')
    assert json.loads(report)["record"]["status"] == "error"
    (record,) = handmade.lines(pattern='{ $.level = "ERROR" }')
    assert json.loads(record)["errorType"] == "ValueError"


def test_a_dry_run_starts_nothing(handmade: Handmade) -> None:
    handmade.function(FAIL)
    answer = handmade.cloud.client("lambda").invoke(FunctionName="fn", InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert handmade.starts() == 0


def test_a_function_that_is_not_there_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloud.client("lambda").invoke(FunctionName="none")


def test_a_payload_that_is_no_json_is_refused(handmade: Handmade) -> None:
    handmade.function(FAIL)
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        handmade.cloud.client("lambda").invoke(FunctionName="fn", Payload=b"{oops")


def test_the_environment_is_the_configured_one_and_what_lambda_adds(
    handmade: Handmade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATORS_SECRET", "leaked")
    code = "import os\ndef handle(event, context):\n    return dict(os.environ)\n"
    handmade.function(code, variables={"OWN": "value"})
    environment, _ = handmade.invoke()
    assert environment["OWN"] == "value"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "fn"
    assert environment["AWS_REGION"] == "ap-southeast-2"
    assert environment["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert set(environment) - {"OWN"} <= {
        *(
            "AWS_ENDPOINT_URL",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
        ),
        *(
            "AWS_SESSION_TOKEN",
            "AWS_EXECUTION_ENV",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
        ),
        *("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME"),
        *("AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_RUNTIME_API", "_HANDLER"),
        *("LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "PYTHONPATH", "TZ", "LANG", "PATH", "LC_CTYPE"),
    }


def test_the_archive_cannot_borrow_modules_of_the_project(handmade: Handmade) -> None:
    handmade.function(
        """
        import sys

        def handle(event, context):
            if not sys.flags.no_site:
                return "an editable installation could lend its modules"
            import components
        """
    )
    assert handmade.invoke()[0]["errorType"] == "ModuleNotFoundError"


def test_a_module_that_cannot_be_imported_fails_the_invocation(handmade: Handmade) -> None:
    handmade.function("import nowhere\n")
    result, error = handmade.invoke()
    assert error == "Unhandled"
    assert "No module named 'nowhere'" in result["errorMessage"]


def test_a_process_is_used_again(handmade: Handmade) -> None:
    handmade.function("import os\ndef handle(event, context):\n    return os.getpid()\n")
    assert handmade.invoke() == handmade.invoke()


def test_new_code_runs_in_a_new_process(handmade: Handmade) -> None:
    handmade.function("def handle(event, context):\n    return 'old'\n")
    assert handmade.invoke() == ("old", "")
    handmade.cloud.client("lambda").update_function_code(
        FunctionName="fn", ZipFile=archive("def handle(event, context):\n    return 'new'\n")
    )
    assert handmade.invoke() == ("new", "")


def test_invocations_that_overlap_run_in_processes_of_their_own(handmade: Handmade, tmp_path: Path) -> None:
    handmade.function(
        """
        import os, pathlib, time, uuid

        def handle(event, context):
            (pathlib.Path(event["meeting"]) / str(uuid.uuid4())).touch()
            while len(os.listdir(event["meeting"])) < 2:
                time.sleep(0.01)
            return os.getpid()
        """
    )
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: handmade.invoke(event={"meeting": str(tmp_path)})[0], range(2)))
    assert len(set(results)) == 2


def test_a_function_is_killed_at_its_timeout(handmade: Handmade) -> None:
    handmade.function(
        """
        import os, time

        # As it starts, for which there is time enough.
        print(f'{{"pid": {os.getpid()}}}')

        def handle(event, context):
            time.sleep(600)
        """,
        timeout=1,
    )
    result, error = handmade.invoke()
    assert error == "Unhandled"
    assert result["errorType"] == "Sandbox.Timedout"
    assert result["errorMessage"].endswith("Task timed out after 1.00 seconds")
    (report,) = handmade.lines(pattern='{ $.type = "platform.report" }')
    assert json.loads(report)["record"]["status"] == "timeout"
    (line,) = handmade.lines(pattern="{ $.pid = * }")
    with pytest.raises(ProcessLookupError):
        os.kill(json.loads(line)["pid"], 0)


def test_a_process_that_ends_by_itself_is_an_error(handmade: Handmade) -> None:
    handmade.function("import os\ndef handle(event, context):\n    os._exit(3)\n")
    result, error = handmade.invoke()
    assert (result["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert "exit status 3" in result["errorMessage"]
    assert handmade.invoke()[0]["errorType"] == "Runtime.ExitError"


def test_a_queued_event_that_fails_is_tried_three_times_and_then_recorded(handmade: Handmade) -> None:
    arn = handmade.function(FAIL, statements=[LOGS, SEND])
    handmade.queue()
    on_failure(handmade)
    invoke_later(handmade, {"n": 1})
    assert handmade.starts() == 3
    (message,) = handmade.messages()
    record = json.loads(message["Body"])
    assert record.pop("timestamp")
    assert record["requestContext"].pop("requestId")
    assert record["responsePayload"].pop("requestId")
    assert record["responsePayload"].pop("stackTrace")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "functionArn": f"{arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"n": 1},
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorType": "ValueError", "errorMessage": "no luck"},
    }


def test_a_retry_that_succeeds_ends_the_matter(handmade: Handmade) -> None:
    handmade.function(
        """
        tries = []

        def handle(event, context):
            tries.append(1)
            if len(tries) < 3:
                raise ValueError("not yet")
        """,
        statements=[LOGS, SEND],
    )
    handmade.queue()
    on_failure(handmade)
    invoke_later(handmade, {})
    assert handmade.starts() == 3
    assert handmade.messages() == []


def test_the_number_of_retries_is_the_configured_one(handmade: Handmade) -> None:
    handmade.function(FAIL, statements=[LOGS, SEND])
    handmade.queue()
    on_failure(handmade, MaximumRetryAttempts=0)
    invoke_later(handmade, {})
    assert handmade.starts() == 1
    assert len(handmade.messages()) == 1


def test_an_event_that_grows_too_old_is_not_tried_again(handmade: Handmade) -> None:
    handmade.function(FAIL, statements=[LOGS, SEND])
    handmade.queue()
    on_failure(handmade, MaximumEventAgeInSeconds=60)
    invoke_later(handmade, {})
    assert handmade.starts() == 2
    (message,) = handmade.messages()
    assert json.loads(message["Body"])["requestContext"]["condition"] == "EventAgeExceeded"


def test_a_role_that_may_not_send_loses_the_record_and_counts_it(handmade: Handmade) -> None:
    handmade.function(FAIL)
    handmade.queue()
    on_failure(handmade)
    invoke_later(handmade, {})
    assert handmade.messages() == []
    metrics = handmade.cloud.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    assert "DestinationDeliveryFailures" in {metric["MetricName"] for metric in metrics}


def test_the_log_settings_are_kept_and_shown(handmade: Handmade) -> None:
    settings = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO"}
    handmade.function(FAIL, logging=settings)
    configuration = handmade.cloud.client("lambda").get_function_configuration(FunctionName="fn")
    assert configuration["LoggingConfig"] == {**settings, "LogGroup": "/aws/lambda/fn"}
