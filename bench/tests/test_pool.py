import subprocess
import tempfile
import unittest

from normbench import main, peers
from normbench.pool import Worker, WorkerError


class PoolTest(unittest.TestCase):
    def test_a_process_that_ends_is_an_error(self):
        with open("/dev/null", "w") as log:
            worker = Worker("no such contender", 1, tempfile.gettempdir(), log)
            with self.assertRaisesRegex(WorkerError, "its process ended"):
                worker.ask("prepare")
            self.assertIsNone(worker.process)

    def test_so_is_one_that_has_ended_since(self):
        with open("/dev/null", "w") as log:
            worker = Worker("contender", 1, tempfile.gettempdir(), log)
            worker.process = subprocess.Popen(["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            worker.process.stdout.read()  # Until it has ended.
            with self.assertRaisesRegex(WorkerError, "its process ended"):
                worker.ask("run", calls=1)
            worker.end()
            self.assertIsNone(worker.process)

    def test_options(self):
        self.assertEqual(main.parse(["--threads=1,4", "--quick"]).threads, [1, 4])
        self.assertEqual(main.parse([]).rounds, 9)

    def test_failures_are_what_is_not_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(peers.failures(folder), {})
            with open(f"{folder}/peers.json", "w") as record:
                record.write('{"base": null, "JAX": "no wheel"}')
            self.assertEqual(peers.failures(folder), {"JAX": "no wheel"})
