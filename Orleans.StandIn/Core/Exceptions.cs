namespace Orleans.Runtime
{
    [GenerateSerializer]
    public class OrleansException : Exception
    {
        public OrleansException()
            : base("Unexpected error.")
        {
        }

        public OrleansException(string message)
            : base(message)
        {
        }

        public OrleansException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The silo's configuration cannot work; the host does not start.</summary>
    [GenerateSerializer]
    public sealed class OrleansConfigurationException : Exception
    {
        public OrleansConfigurationException(string message)
            : base(message)
        {
        }

        public OrleansConfigurationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

namespace Orleans.Serialization
{
    /// <summary>A type that was not declared with [GenerateSerializer], and is no well-known type, was sent.</summary>
    [GenerateSerializer]
    public sealed class CodecNotFoundException : Exception
    {
        public CodecNotFoundException(string message)
            : base(message)
        {
        }

        public CodecNotFoundException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}
