const { Kernel } = await import("./kernel.ts");
const k = await Kernel.start({cwd:"/tmp"});
const t0=performance.now();
k.listener=(m:any)=>console.log((performance.now()-t0).toFixed(0),m.channel,m.type,m.parent.slice(0,4),JSON.stringify(m.content).slice(0,60));
for (let i=0;i<4;i++){ const id=crypto.randomUUID(); console.log("send",id.slice(0,4));
await k.request("execute_request",{code:"console.log(1)",silent:false,store_history:true,user_expressions:{},allow_stdin:false,stop_on_error:true},id);
await new Promise(r=>setTimeout(r,500));}
await k[Symbol.asyncDispose]();
