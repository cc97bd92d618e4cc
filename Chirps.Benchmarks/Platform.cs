using System.Runtime.Versioning;

// What is measured runs on Linux, and System.Net.Quic asks to be told.
[assembly: SupportedOSPlatform("linux")]
