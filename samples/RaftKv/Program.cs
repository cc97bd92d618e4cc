using System.CommandLine;
using RaftKv.Demo;
using RaftKv.Http;

var node = new Command("node", "Run one node; configuration follows: --Chirps:Mesh:NodeId=n1 --RaftKv:Voters=n1,n2,n3") { TreatUnmatchedTokensAsErrors = false };
node.SetAction((parsed, cancellationToken) => KvHost.RunAsync([.. parsed.UnmatchedTokens], cancellationToken));
var demo = new Command("demo", "Five processes on this machine: writes and reads, a killed leader, a late follower that catches up by snapshot");
demo.SetAction((_, cancellationToken) => RaftDemo.RunAsync(cancellationToken));
return await new RootCommand("A key-value store replicated by Raft over Chirps") { node, demo }.Parse(args).InvokeAsync();
