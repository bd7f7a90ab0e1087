T = {
    "aws:sqs/queue:Queue": ["name", "region", "fifoQueue"],
    "aws:cloudwatch/eventTarget:EventTarget": ["rule", "targetId"],
    "aws:lambda/function:Function": ["name"],
}


def replaced(token):
    return T.get(token, ["name"])
