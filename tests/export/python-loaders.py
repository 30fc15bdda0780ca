"""Loads exported prompts with the Python programs they are for.

Usage: python python-loaders.py FOLDER. FOLDER/cases.json is a list of {prompt, trimmed, text, files}: the prompt, the
same without blanks at its ends, what the language model was scored with for INPUT, and the file of each format. Prints one JSON object: for each format the
version of its program, how many prompts were loaded, and what came out wrong.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

INPUT = "A fine film & more."


def load_langchain(path):
    from langchain_core.prompts import load_prompt

    return load_prompt(str(path), allow_dangerous_paths=True).format(text=INPUT)


def load_langchain_chat(path):
    from langchain_core.load import loads

    [message] = loads(path.read_text("utf-8")).format_messages(text=INPUT)
    assert message.type == "human", message.type
    return message.content


def load_dspy(path):
    import dspy

    predict = dspy.Predict("text -> label")
    predict.load(str(path))
    return predict.signature.instructions


def load_prompty(path):
    import prompty

    [message] = prompty.prepare(prompty.load(str(path)), inputs={"text": INPUT})
    assert message.role == "user", message.role
    return message.text


def load_lm_eval(path):
    from lm_eval.tasks._yaml_loader import load_yaml
    from lm_eval.utils import apply_template

    return apply_template(load_yaml(path)["doc_to_text"], {"text": INPUT, "label": 0})


def lm_eval_requests(path):
    """The whole task with its data: what the harness asks a model to score, [context, continuation]."""
    from lm_eval.api.task import ConfigurableTask
    from lm_eval.tasks._yaml_loader import load_yaml

    config = load_yaml(path)
    rows = path.parent / "test.jsonl"
    rows.write_text(json.dumps({"text": INPUT, "label": 1}) + "\n")
    config["dataset_kwargs"] = {"data_files": {"test": str(rows)}}
    task = ConfigurableTask(config=config)
    doc = task.test_docs()[0]
    requests = task.construct_requests(doc, task.fewshot_context(doc, 0), metadata=("task", 0, 1))
    return [list(request.args) for request in requests], task.doc_to_target(doc)


def load_mlflow(path):
    from google.protobuf.json_format import Parse
    from mlflow.entities.model_registry import PromptVersion
    from mlflow.protos.model_registry_pb2 import CreateModelVersion

    request = Parse(path.read_text("utf-8"), CreateModelVersion())
    tags = {tag.key: tag.value for tag in request.tags}
    return PromptVersion(request.name, 1, tags["mlflow.prompt.text"]).format(text=INPUT)


def load_openai(path):
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
    from pydantic import TypeAdapter

    body = json.loads(path.read_text("utf-8"))
    TypeAdapter(CompletionCreateParamsNonStreaming).validate_python(body)
    [message] = body["messages"]
    return message["content"].replace("{{text}}", INPUT)


def load_markdown(path):
    from markdown_it import MarkdownIt

    fence = next(token for token in MarkdownIt().parse(path.read_text("utf-8")) if token.type == "fence")
    return json.loads(fence.content)


def load_optuna(path):
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    [study] = optuna.get_all_study_summaries(storage=(storage := JournalStorage(JournalFileBackend(str(path)))))
    trials = optuna.load_study(study_name=study.study_name, storage=storage).trials
    assert all(trial.state == optuna.trial.TrialState.COMPLETE for trial in trials)
    return [trial.user_attrs["prompt"] for trial in trials]


def load_hf_dataset(path):
    from datasets import load_dataset
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(path / "README.md")
    assert card.data.configs, card.data
    return load_dataset(str(path), split="train")["prompt"][:]


# format: the package that is asked for its version, the loader, and what the loader gives
LOADERS = {
    "langchain": ("langchain-core", load_langchain, "text"),
    "langchain-chat": ("langchain-core", load_langchain_chat, "text"),
    "dspy": ("dspy", load_dspy, "trimmed"),
    "prompty": ("prompty", load_prompty, "text"),
    "lm-eval": ("lm-eval", load_lm_eval, "text"),
    "mlflow": ("mlflow-skinny", load_mlflow, "text"),
    "openai-chat": ("openai", load_openai, "text"),
    "md": ("markdown-it-py", load_markdown, "prompt"),
}
TABLES = {"optuna": ("optuna", load_optuna), "hf-dataset": ("datasets", load_hf_dataset)}


def compare(expected, load, path):
    try:
        found = load(path)
    except Exception as error:  # noqa: BLE001 - any failure of a loader is a finding
        return f"{path}: {type(error).__name__}: {error}"
    return None if found == expected else f"{path}: expected {expected!r}, found {found!r}"


def main():
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text("utf-8"))
    report = {}
    for name, (package, load, gives) in LOADERS.items():
        outcomes = [
            compare(case[gives], load, folder / case["files"][name]) for case in cases if name in case["files"]
        ]
        failures = [outcome for outcome in outcomes if outcome]
        report[name] = {"loader": f"{package} {version(package)}", "cases": len(outcomes), "failures": failures}
    for name, (package, load) in TABLES.items():
        failure = compare([case["prompt"] for case in cases], load, folder / "tables" / name)
        report[name] = {
            "loader": f"{package} {version(package)}",
            "cases": len(cases),
            "failures": [failure] if failure else [],
        }
    report["lm-eval"]["requests"] = lm_eval_requests(folder / cases[0]["files"]["lm-eval"])
    print(json.dumps(report))


main()
