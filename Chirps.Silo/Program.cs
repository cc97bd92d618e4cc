using Chirps.Silo.Commands;

return await CommandTree.RunAsync(args);
