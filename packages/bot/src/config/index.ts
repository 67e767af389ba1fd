/** Reading configuration files, for whoever reads more of them than a bot's own. */
export { type BindAddress, parseBindAddress } from "./bind-address.ts";
export { type SecretReference, secretReference } from "./secret-reference.ts";
export { parseToml, placeOfKey, type TomlTable } from "./toml.ts";
