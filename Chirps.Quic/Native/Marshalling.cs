using System.Runtime.CompilerServices;

// Every native signature of this assembly is blittable: no marshalling code is generated or wanted.
[assembly: DisableRuntimeMarshalling]
