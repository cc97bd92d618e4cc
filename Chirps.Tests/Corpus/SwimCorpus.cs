namespace Chirps.Tests.Corpus;

/// <summary>Datagrams that once were, or could have been, trouble; each named for its danger.</summary>
internal static class SwimCorpus
{
    public static IEnumerable<byte[]> Datagrams()
    {
        yield return Convert.FromHexString(Empty);
        yield return Convert.FromHexString(OnlyVersion);
        yield return Convert.FromHexString(AllZeroHeader);
        yield return Convert.FromHexString(AllOnesHeader);
        yield return Convert.FromHexString(NameLongerThanTheRest);
    }

    private const string Empty = "";
    private const string OnlyVersion = "01";
    private const string AllZeroHeader = "000000000000000000000000000000000000000000000000";
    private const string AllOnesHeader = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";
    private const string NameLongerThanTheRest = "0101001100000000000000000000000000000000000000000000000000000000000000000000000000FF";
}
