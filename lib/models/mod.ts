/** The systems of the experiments: networks and losses. */
export * from "./vq_world_model/mod.ts";
