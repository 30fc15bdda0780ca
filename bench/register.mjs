// Compiles TypeScript as it is loaded. The built program has no stand-ins for default exports; with them every call into another module
// would be slower here than it is there.
process.env.JITI_INTEROP_DEFAULT = 'false';
await import('jiti/register');
