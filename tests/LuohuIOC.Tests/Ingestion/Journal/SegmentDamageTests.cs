using LuohuIOC.Ingestion.Journal;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Journal;

/// <summary>The segment that is written at the end of a process is the one that holds what nobody else has yet.</summary>
public sealed class SegmentDamageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(100)]
    [InlineData(4)]
    public void A_damaged_record_of_the_last_segment_that_others_follow_is_told_and_a_copy_is_kept(int damagedByte)
    {
        Write(1, 2, 3, 4);
        var path = Assert.Single(Directory.GetFiles(_folder, "*.log"));
        var bytes = File.ReadAllBytes(path);
        bytes[JournalRecord.HeaderBytes + 500 + damagedByte] ^= 1;
        File.WriteAllBytes(path, bytes);

        using var files = new SegmentFiles(_folder, 1 << 16);
        Assert.Single(files.Open((_, _, _) => true));

        Assert.Equal(bytes, File.ReadAllBytes(path + ".damaged"));
    }

    [Fact]
    public void A_segment_whose_beginning_failed_can_be_begun_again()
    {
        using var files = new SegmentFiles(_folder, 1 << 16);
        files.Open((_, _, _) => true);
        File.WriteAllBytes(Path.Combine(_folder, $"{1:D20}.log"), new byte[100]);

        Append(files, 1);

        Assert.Equal([1], Read());
    }

    [Fact]
    public void A_segment_without_a_record_leaves_its_name_to_the_next()
    {
        File.WriteAllBytes(Path.Combine(_folder, $"{1:D20}.log"), new byte[100]);
        Write(1, 2);
        Assert.Equal([1, 2], Read());
    }

    private void Write(params long[] positions)
    {
        using var files = new SegmentFiles(_folder, 1 << 16);
        files.Open((_, _, _) => true);
        // At once: between two appends a reserve may become ready, and a segment that has outgrown its blocks ends for it.
        Append(files, positions);
    }

    private List<long> Read()
    {
        var found = new List<long>();
        foreach (var path in Directory.GetFiles(_folder, "*.log"))
        {
            SegmentReader.Read(path, long.MaxValue, (_, position, _) =>
            {
                found.Add(position);
                return true;
            });
        }
        return found;
    }

    private static void Append(SegmentFiles files, params long[] positions) =>
        files.Append(positions[0], [.. positions.Select(p => (JournalRecordKind.Group, p, (ReadOnlyMemory<byte>)new byte[500]))]);
}
