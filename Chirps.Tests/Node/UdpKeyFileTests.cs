using System.Text;
using Chirps.Node.Udp;
using Chirps.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Chirps.Tests.Node;

public sealed class UdpKeyFileTests(ITestOutputHelper output)
{
    private const string Secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static readonly DateOnly _today = new(2026, 1, 31);

    [Fact]
    public void What_is_written_reads_as_the_same()
    {
        var keys = KeyFile.Create(_today).WithNew(_today, out var id).Using(id);

        var again = KeyFile.Parse("keys", keys.ToText());

        Assert.Equal(keys.ToText(), again.ToText());
        Assert.Equal((2, id), (again.Keys.Count, again.Current));
    }

    [Theory]
    [InlineData("", "no key is marked")]
    [InlineData("1 " + Secret + " 2026-01-31", "no key is marked")]
    [InlineData("1 " + Secret + " 2026-01-31 use\n2 " + Secret + " 2026-01-31 use", "line 2")]
    [InlineData("1 " + Secret + " 2026-01-31 use\n\n1 " + Secret + " 2026-01-31", "line 3")]
    [InlineData("0 " + Secret + " 2026-01-31 use", "line 1")]
    [InlineData("256 " + Secret + " 2026-01-31 use", "line 1")]
    [InlineData("1 " + Secret + " yesterday use", "line 1")]
    [InlineData("1 " + Secret + " 2026-01-31 using", "line 1")]
    [InlineData("1 x00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-31 use", "line 1")]
    [InlineData("1 0001 2026-01-31 use", "line 1")]
    public void A_mistake_names_its_line_and_gives_no_key_away(string text, string named)
    {
        var exception = Assert.Throws<KeyFileException>(() => KeyFile.Parse("keys", text));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[..8], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason() => Fuzz.Cases(output, 2_000, random =>
    {
        var good = Encoding.UTF8.GetBytes($"# keys\n1 {Secret} 2026-01-31 use\n2 {Secret} 2026-01-31\n");
        var text = Encoding.UTF8.GetString(random.Next(2) == 0 ? Mutations.Of(random, good) : Mutations.Bytes(random, 200));

        var failure = Record.Exception(() => Assert.NotEmpty(KeyFile.Parse("keys", text).Keys));

        Assert.True(failure is null or KeyFileException, text);
    });

    [Fact]
    public void A_new_key_takes_the_number_after_the_last_and_a_free_one_after_255()
    {
        var keys = KeyFile.Parse("keys", $"3 {Secret} 2026-01-31 use\n254 {Secret} 2026-01-31");

        var last = keys.WithNew(_today, out var first);
        last.WithNew(_today, out var second);

        Assert.Equal((255, 1), (first, second));
    }

    [Fact]
    public void Processes_that_start_together_without_a_file_end_with_one_key()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-keys-").FullName;
        var path = Path.Combine(directory, KeyFile.DefaultName);

        var files = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => KeyFile.LoadOrCreate(path, _today).ToText()).ToList();

        Assert.Single(files.Distinct());
        Assert.Equal([path], Directory.GetFiles(directory));
        Directory.Delete(directory, recursive: true);
    }
}
