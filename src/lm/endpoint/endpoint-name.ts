const PREFIX = 'openai:';

/** Whether a model's name is that of one behind a service: `openai:MODEL`. */
export function isEndpointName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** The name the service knows the model by. */
export function modelOfEndpointName(name: string): string {
  return name.slice(PREFIX.length);
}
