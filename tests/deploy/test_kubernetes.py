"""Kubernetes manifests: valid, locked down, and true to what the daemon needs."""

import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from tests.deploy.manifests import FOLDER, manifest, pod
from tests.deploy.variables import KUBERNETES, read
from tests.places import ROOT

VERSION = "1.32"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())


@pytest.mark.parametrize("resource", KUSTOMIZATION["resources"])
def test_a_manifest_is_what_its_schema_asks_for(resource: str) -> None:
    """Nothing misspelt: the strict schema knows every member."""
    kubernetes_validate.validate(manifest(resource.removesuffix(".yaml")), VERSION, strict=True)


def test_the_schema_would_find_a_mistake() -> None:
    """A member that isn't one."""
    wrong = manifest("statefulset")
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 90

    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGracePeriod"):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_file_is_part_of_the_kustomization() -> None:
    """And none is named that isn't there."""
    (generator,) = KUSTOMIZATION["configMapGenerator"]
    named = {"kustomization.yaml", *KUSTOMIZATION["resources"], *generator["envs"]}

    assert {file.name for file in FOLDER.iterdir()} == named


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kustomize_puts_it_together() -> None:
    """Image, number of workers and settings are those of the kustomization."""
    command = ["kubectl", "kustomize", str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made = {each["kind"]: each for each in yaml.safe_load_all(done.stdout)}
    spec = made["StatefulSet"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]

    assert container["image"] == "registry.example.com/stream-publisher:0.1.0"
    assert container["envFrom"] == [
        {"configMapRef": {"name": made["ConfigMap"]["metadata"]["name"]}}
    ]
    assert made["ConfigMap"]["data"] == read(KUBERNETES)
    assert spec["serviceAccountName"] == made["ServiceAccount"]["metadata"]["name"]
    assert made["StatefulSet"]["spec"]["serviceName"] == made["Service"]["metadata"]["name"]
    for each in made.values():
        kubernetes_validate.validate(each, VERSION, strict=True)


def test_kubernetes_waits_for_the_end_of_a_stop() -> None:
    """Longer than the daemon takes at most."""
    grace_seconds = int(read(KUBERNETES)["KCL_SHUTDOWN_GRACE_MILLIS"]) / 1000

    assert pod()["terminationGracePeriodSeconds"] >= grace_seconds + 10


def test_a_worker_is_called_as_its_pod() -> None:
    """Which keeps its name when it is replaced, and with it its leases."""
    (container,) = pod()["containers"]
    worker_id = {each["name"]: each for each in container["env"]}["KCL_WORKER_ID"]

    assert manifest("statefulset")["kind"] == "StatefulSet"
    assert worker_id["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}


def test_each_probe_asks_where_the_daemon_answers() -> None:
    """At its port, which the kubelet reaches from outside."""
    (container,) = pod()["containers"]
    (port,) = container["ports"]
    probes = [container[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness")]

    assert read(KUBERNETES)["PUBLISHER_HEALTH_PORT"] == str(port["containerPort"])
    assert read(KUBERNETES)["PUBLISHER_HEALTH_HOST"] == "0.0.0.0"  # noqa: S104 - the pod's own
    assert [probe["httpGet"] for probe in probes] == [{"path": "/health", "port": port["name"]}] * 3


def test_the_pod_is_restricted() -> None:
    """As Kubernetes' strictest standard for pods asks, and with a root that can't be written to."""
    (container,) = pod()["containers"]
    inside, around = container["securityContext"], pod()["securityContext"]

    assert around["runAsNonRoot"] is True
    assert around["seccompProfile"] == {"type": "RuntimeDefault"}
    assert inside["allowPrivilegeEscalation"] is False
    assert inside["capabilities"] == {"drop": ["ALL"]}
    assert inside["readOnlyRootFilesystem"] is True
    assert pod()["automountServiceAccountToken"] is False


def test_the_page_names_what_the_kustomization_makes() -> None:
    """The service account that a role trusts, and the pod that `doctor` runs in."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    space, prefix = KUSTOMIZATION["namespace"], KUSTOMIZATION["namePrefix"]
    account = prefix + pod()["serviceAccountName"]
    worker = prefix + manifest("statefulset")["metadata"]["name"]

    assert f"`system:serviceaccount:{space}:{account}`" in page
    assert f"service account `{account}` in the namespace `{space}`" in page
    assert f"`kubectl --namespace {space} exec {worker}-0 -- stream-publisher doctor`" in page
    assert f"/var/log/containers/{worker}-*_{space}_*.log" in page


def test_a_selector_finds_the_pods() -> None:
    """The budget's, the service's, the network policy's and the set's own."""
    labels = manifest("statefulset")["spec"]["template"]["metadata"]["labels"]
    selectors = [
        manifest("statefulset")["spec"]["selector"]["matchLabels"],
        manifest("poddisruptionbudget")["spec"]["selector"]["matchLabels"],
        manifest("service")["spec"]["selector"],
        manifest("networkpolicy")["spec"]["podSelector"]["matchLabels"],
    ]

    assert selectors == [labels] * 4


def test_the_network_lets_nobody_in_and_the_pods_out_to_aws_alone() -> None:
    """Names and TLS, but at link-local addresses nothing beside Pod Identity's agent."""
    spec = manifest("networkpolicy")["spec"]
    ways = {
        (rule["ports"][0]["port"], block["ipBlock"]["cidr"]): block["ipBlock"].get("except")
        for rule in spec["egress"]
        for block in rule.get("to", [])
    }

    assert (spec["policyTypes"], spec["ingress"]) == (["Ingress", "Egress"], [])
    assert [port["port"] for port in spec["egress"][0]["ports"]] == [53, 53]
    assert ways == {
        (443, "0.0.0.0/0"): ["169.254.0.0/16"],
        (443, "::/0"): ["fd00:ec2::/32"],
        (80, "169.254.170.23/32"): None,
        (80, "fd00:ec2::23/128"): None,
    }
