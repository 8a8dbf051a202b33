"""A student hands in a wrong answer and learns from it; staff look at it. In headless Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT
from tests.up.conftest import demo_folder, shared_cache
from tests.up.furnishing import furnish
from tests.up.running import Running, nabla, running

__all__ = ["demo_folder", "shared_cache"]

pytestmark = pytest.mark.sandbox

SAMPLES = ROOT / "tests" / "submissions" / "matrix-calculus"

DROP = """([content, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([content], name));
  document.querySelector(".drop").dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path, cache: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("browser") / "data", NABLA_CACHE=str(cache)) as started:
        furnish(started, demo_folder)
        course = str(ROOT / "assignments" / "matrix-calculus")
        done = nabla("publish", course, NABLA_SERVER=started.url, NABLA_TOKEN=started.tokens["ada"])
        assert done.returncode == 0, done.stderr
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed (Debian, Ubuntu: apt install chromium)")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        started = playwright.chromium.launch(executable_path=found, args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which nothing may go wrong unnoticed: an error in its console fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, service: Running, name: str, path: str = "/") -> None:
    page.goto(service.url + path)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(f"for-{name}-only")
    page.get_by_role("button", name="Sign in").click()
    # Loaded, with its scripts: a click alone returns while the form may still be the page.
    page.wait_for_url(service.url + path)


def test_a_student_learns_from_a_wrong_answer(page: Page, service: Running) -> None:
    sign_in(page, service, "emmy")
    page.get_by_role("link", name="Matrix calculus").click()
    expect(page.locator(".katex").first).to_be_visible()
    assert page.locator(".katex-error").count() == 0
    page.set_input_files("input[type=file]", ROOT / "README.md")
    expect(page.get_by_text("README.md is none of the files that can be graded")).to_be_visible()
    expect(page.get_by_role("button", name="Hand in")).to_be_disabled()
    page.evaluate(DROP, [(SAMPLES / "transposed.py").read_text(), "transposed.py"])
    expect(page.get_by_role("button", name="Hand in")).to_be_enabled()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submissions/*")
    page.evaluate("window.sameDocument = true")
    expect(page.locator(".state.graded")).to_be_visible(timeout=20_000)
    assert page.evaluate("window.sameDocument"), "the state changed without a reload"
    expect(page.locator(".result .score")).to_have_text("21 / 40")
    expect(page.get_by_text("The right numbers in the other layout").first).to_be_visible()
    page.get_by_role("link", name="My submissions").click()
    expect(page.get_by_role("cell", name="21 / 40")).to_be_visible()


def test_two_files_dropped_at_once(page: Page, service: Running) -> None:
    sign_in(page, service, "emmy", "/courses/calculus/assignments/demo")
    two = DROP.replace("document.query", "transfer.items.add(new File([content], 'b.py')); document.query")
    page.evaluate(two, ["x", "a.py"])
    expect(page.get_by_text("Drop one file; several belong into a .zip.")).to_be_visible()


def test_staff_see_it(page: Page, service: Running) -> None:
    sign_in(page, service, "ada", "/courses/calculus/attention")
    expect(page.get_by_text("None: every submission was graded or is waiting its turn.")).to_be_visible()
    page.get_by_role("link", name="Submissions").click()
    expect(page.get_by_role("heading", name="Submissions")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1200])
def test_no_page_is_wider_than_its_window(browser: Browser, service: Running, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, service, "emmy")
    with service.client("emmy") as emmy:
        receipt = emmy.submit("demo", "a_very_long_name_" * 8 + ".py", b"def f(:\n")
        emmy.wait(receipt["id"])
    for path in (
        "/",
        "/courses/calculus/assignments/demo",
        "/courses/calculus/assignments/matrix-calculus",
        "/courses/calculus/submissions",
        receipt["url"],
    ):
        page.goto(service.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_no_page_of_staff_is_wider_than_its_window(browser: Browser, service: Running, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, service, "ada")
    course = "/courses/calculus"
    of_one = f"{course}/assignments/matrix-calculus"
    for path in ("/grades", "/people", "/attention", "/log", "/submissions"):
        page.goto(service.url + course + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    for path in (f"{of_one}/overview", f"{of_one}/regrades"):
        page.goto(service.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_without_scripts_everything_but_the_live_part_works(browser: Browser, service: Running) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, service, "emmy", "/courses/calculus/assignments/matrix-calculus")
    page.set_input_files("input[type=file]", SAMPLES / "all_right.py")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submissions/*")
    # The page asks for itself again as long as nothing is decided.
    expect(page.locator(".result .score")).to_have_text("40 / 40", timeout=20_000)
    context.close()
