"""What can be said once all the other tests have run: pytest takes its files by name."""

from bootstraps import declared


def test_nothing_is_left_among_the_dead_letters(stack):
    queues = stack.emulator.client("sqs")
    for name, url in stack.outputs.items():
        if name.endswith("DeadLettersUrl"):
            count = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            assert count["Attributes"]["ApproximateNumberOfMessages"] == "0", name


def test_no_function_lacked_a_right(stack):
    # Not every refusal fails a request: that a dead socket stays listed is only written down.
    log = stack.log()
    assert any(line.startswith("START") for line in log)
    assert [line for line in log if "Rejected" in line] == []


def test_every_role_has_done_its_work(stack):
    """The samples of what is for people only show that nobody is let in; each role has to have done more than that."""
    roles = {function: stack.role(function) for function in declared()}
    proven = {roles[function] for function in stack.succeeded}
    assert {role for role in roles.values()} - proven == set()
