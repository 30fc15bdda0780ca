/** A model as people call it: of a folder or file its own name, of a repository on the hub `owner/name`. */
export function modelName(model: string): string {
  const isPath = /^([./~\\]|[A-Za-z]:[\\/])/.test(model) || model.split('/').length > 2;
  if (!isPath || /^https?:/.test(model)) return model;
  return (
    model
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? model
  );
}
