"""Executes a notebook through a real Jupyter client (nbclient) with Deno's kernel, and checks the result.

    /usr/bin/python3 nbclient_run.py --deno PATH [--out FILE] [--short] [--limit SECONDS] [--expect FIGURE]... NOTEBOOK

Needs nbclient and nbformat (Debian: python3-nbclient). The kernel is installed nowhere: a kernel description for the given `deno` is made
in a temporary folder and found through JUPYTER_PATH. The kernel of Deno 2.9 publishes outputs after it has said "idle", so the client here
goes on listening until it has been silent for a while.

The run is good when no cell has an error and every figure that the notebook's stored outputs hold, or that --expect names, is there
again as a PNG. Exit code 0 good, 1 not good, 2 wrong call or missing package.
"""

import argparse
import json
import os
import queue
import re
import sys
import tempfile

try:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionComplete, CellExecutionError
    from nbclient.util import ensure_async
except ImportError as error:
    print(f"nbclient_run: {error}. Install it (Debian: apt-get install python3-nbclient), "
          f"and call it with the Python that has it (Debian: /usr/bin/python3; this is {sys.executable}).", file=sys.stderr)
    sys.exit(2)

KERNEL = "tessera-deno"
QUIET_SECONDS = 0.25


class PatientClient(NotebookClient):
    """A client that takes a cell's messages until the kernel is idle *and* silent."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        idle = False
        while True:
            try:
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=QUIET_SECONDS if idle else None))
            except queue.Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                idle = True


def write_kernel(folder, deno):
    """Makes `folder` a place where Jupyter finds the kernel."""
    home = os.path.join(folder, "kernels", KERNEL)
    os.makedirs(home)
    spec = {
        "argv": [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
        "display_name": "Deno",
        "language": "typescript",
        "env": {"NO_COLOR": "1"},
    }
    with open(os.path.join(home, "kernel.json"), "w", encoding="utf-8") as file:
        json.dump(spec, file)


def join_streams(notebook):
    """Joins the parts of one stream, as front ends show them; older clients store every message by itself."""
    for cell in notebook.cells:
        joined = []
        for output in cell.get("outputs", []):
            last = joined[-1] if joined else None
            if last and output.output_type == last.output_type == "stream" and output.name == last.name:
                last.text += output.text
            else:
                joined.append(output)
        if cell.cell_type == "code":
            cell.outputs = joined


def outputs_of(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.get("outputs", [])]


def figures_of(notebook):
    """Names of the figures with a PNG, as `display` in lib/figures/notebook.ts marks them."""
    names = []
    for output in outputs_of(notebook):
        data = output.get("data", {})
        found = re.match(r"Figure ([\w-]+):", data.get("text/plain", ""))
        if found and data.get("image/png"):
            names.append(found.group(1))
    return names


def main():
    parser = argparse.ArgumentParser(description="Executes a notebook through nbclient with Deno's kernel.")
    parser.add_argument("notebook")
    parser.add_argument("--deno", required=True, help="path of the deno program")
    parser.add_argument("--out", help="where to write the executed notebook")
    parser.add_argument("--short", action="store_true", help="run the short form (TESSERA_SHORT=1)")
    parser.add_argument("--limit", type=int, default=3600, help="seconds that one cell may take")
    parser.add_argument("--expect", action="append", default=[], metavar="FIGURE", help="a figure that must be there")
    options = parser.parse_args()

    notebook = nbformat.read(options.notebook, as_version=4)
    expected = sorted(set(figures_of(notebook)) | set(options.expect))
    if options.short:
        os.environ["TESSERA_SHORT"] = "1"
    failure = None
    with tempfile.TemporaryDirectory(prefix="tessera-kernel-") as folder:
        write_kernel(folder, options.deno)
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [folder, os.environ.get("JUPYTER_PATH")]))
        where = os.path.dirname(os.path.abspath(options.notebook))
        client = PatientClient(notebook, timeout=options.limit, kernel_name=KERNEL, resources={"metadata": {"path": where}})
        try:
            client.execute()
        except CellExecutionError as error:
            failure = f"{error.ename}: {error.evalue}"
        except Exception as error:  # a dead kernel, a time limit
            failure = f"{type(error).__name__}: {error}"
    join_streams(notebook)
    if options.out:
        nbformat.write(notebook, options.out)

    problems = [] if failure is None else [failure]
    problems += [f"error output: {o.ename}: {o.evalue}" for o in outputs_of(notebook) if o.output_type == "error" and failure is None]
    present = figures_of(notebook)
    problems += [f"expected figure {name} but it is not among the outputs" for name in expected if name not in present]
    for problem in problems:
        print(f"{options.notebook}: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{options.notebook}: executed by nbclient, {len(outputs_of(notebook))} outputs, "
          f"{len(present)} figures ({len(expected)} expected), no error")


if __name__ == "__main__":
    main()
