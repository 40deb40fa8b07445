export { isAlive, parseTempName, processIdentity, tempPath, type TempKind, type TempName } from "../tempName.js";
