/** Devices: where kernels run. */
export * from "./device.ts";
export { type DeviceKind, type DeviceReport, listDevices, openDevice, type OpenOptions } from "./open_device.ts";
export { planningDevice } from "./planning.ts";
