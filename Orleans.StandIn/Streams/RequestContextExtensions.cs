using Orleans.Serialization;

namespace Orleans.Runtime;

public static class RequestContextExtensions
{
    public static void Import(Dictionary<string, object>? contextData) => RequestContext.Snapshot = contextData;

    public static Dictionary<string, object>? Export(DeepCopier copier)
    {
        ArgumentNullException.ThrowIfNull(copier);
        return copier.Copy(Export());
    }

    internal static Dictionary<string, object>? Export() => RequestContext.Snapshot is { } values ? new(values) : null;
}
