/** The suites of faults: one line each in the report. Tests that are elsewhere are named, not repeated. */
export const SUITES: Readonly<Record<string, readonly string[]>> = {
  'kills at random and at each file operation': [
    'tests/faults/file-operations/kill.test.ts',
    'tests/faults/kills/runs.test.ts',
    'tests/faults/kills/commands.test.ts',
  ],
  'power cuts at each file operation': ['tests/faults/file-operations/power-cut.test.ts'],
  'faults at each file operation': [
    'tests/faults/file-operations/io-faults.test.ts',
    'tests/files/atomic-write.test.ts',
  ],
  'limits of the system': ['tests/faults/open-files.test.ts', 'tests/faults/address-space.test.ts'],
  'standard output that takes nothing': ['tests/faults/lost-output.test.ts'],
  'protections taken away': ['tests/faults/file-operations/protections.test.ts'],
  'resume identity': ['tests/faults/resume-identity.test.ts', 'tests/faults/clock.test.ts'],
  'old formats': ['tests/faults/checkpoint-version-1.test.ts', 'tests/run/store/run-manifest.test.ts'],
  'corrupt files': [
    'tests/run/checkpoint/checkpoint.test.ts',
    'tests/run/store/event-log.test.ts',
    'tests/run/store/score-log.test.ts',
    'tests/files/safetensors.test.ts',
    'tests/lm/onnx/graph/graph-checks.test.ts',
    'tests/run/doctor/doctor-run.test.ts',
  ],
  'random files for every reader': [
    'tests/faults/fuzz/models.test.ts',
    'tests/faults/fuzz/tokenizers.test.ts',
    'tests/faults/fuzz/files.test.ts',
  ],
  'bad inputs': ['tests/faults/bad-inputs.test.ts'],
  'bad rewards': [
    'tests/rewards/custom/custom-host.test.ts',
    'tests/rewards/custom/custom-isolation.test.ts',
    'tests/rewards/custom/custom-evaluator.test.ts',
    'tests/rewards/custom/custom-dry-run.test.ts',
  ],
  'bad services': [
    'tests/faults/services/endpoint-run.test.ts',
    'tests/lm/endpoint/client/endpoint-client.test.ts',
    'tests/lm/endpoint/client/endpoint-settings.test.ts',
    'tests/lm/endpoint/endpoint-model.test.ts',
  ],
  'a queue with killed workers': [
    'tests/faults/services/queue-kills.test.ts',
    'tests/queue/queue-runs.test.ts',
    'tests/queue/queue-simulation.test.ts',
    'tests/faults/services/queue-watch.test.ts',
  ],
  locks: ['tests/files/lock.test.ts'],
  signals: ['tests/faults/second-signal.test.ts', 'tests/faults/user-code.test.ts', 'tests/cli/search/run.test.ts'],
  'text of a model on the screen': ['tests/ui/draw/sanitize.test.ts', 'tests/report/page-parts.test.ts'],
  secrets: ['tests/faults/secrets.test.ts'],
};
