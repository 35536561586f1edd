using CsCheck;
using LuohuIOC.Ingestion.Journal;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Journal;

/// <summary>What stands in the segment files after any end: a graceful one, a kill (the folder as it is), a torn write, a flipped bit.</summary>
public sealed class SegmentFilesTests : IDisposable
{
    private const int SegmentBytes = 1 << 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_appended_comes_back_in_order_after_a_kill_at_any_time() =>
        Gen.Int[1, 20_000].Array[1, 60].Sample(
            sizes =>
            {
                var folder = Path.Combine(_folder, Path.GetRandomFileName());
                using var files = new SegmentFiles(folder, SegmentBytes);
                files.Open((_, _, _) => true);
                for (var i = 0; i < sizes.Length; i++) Append(files, i + 1, sizes[i]);
                var (records, damaged) = AfterKill(folder);
                Assert.Empty(damaged);
                Assert.Equal(sizes.Select((bytes, i) => (i + 1L, bytes)), records);
            },
            iter: 40);

    /// <summary>A segment is named by the group that comes next: marks and cursors alone never need another of the same name.</summary>
    [Fact]
    public void Notes_beyond_a_segments_size_before_its_first_group_stay_in_it()
    {
        using var files = new SegmentFiles(_folder, SegmentBytes);
        files.Open((_, _, _) => true);
        for (byte note = 1; note <= 3; note++) files.Append(10, [(JournalRecordKind.Marks, note, Enumerable.Repeat(note, SegmentBytes).ToArray())]);
        Append(files, 10, 100);
        Append(files, 11, 100);
        Assert.Equal(2, Directory.GetFiles(_folder, "*.log").Length);
        Assert.Equal([(1, SegmentBytes), (2, SegmentBytes), (3, SegmentBytes), (10, 100), (11, 100)], AfterKill(_folder).Records);
    }

    [Fact]
    public async Task A_recycled_file_shows_nothing_of_what_it_held_before()
    {
        using var files = new SegmentFiles(_folder, SegmentBytes);
        files.Open((_, _, _) => true);
        var position = 0L;
        // Bodies of one size, so that a stale record begins just where the newest one ends.
        for (var recycled = 0; recycled < 5;)
        {
            var known = Directory.GetFiles(_folder, "*.log").Length;
            Append(files, ++position, 1000);
            if (Directory.GetFiles(_folder, "*.log").Length > known && new FileInfo(Newest()).Length >= SegmentBytes / 2) recycled++;
            files.Forget(position - 1);
            var (records, damaged) = AfterKill(_folder);
            Assert.Empty(damaged);
            Assert.Equal(position, records[^1].Position);
            Assert.Equal(Enumerable.Range(0, records.Count).Select(i => records[0].Position + i), records.Select(r => r.Position));
            // The reserve is prepared beside the appends; without it there would be nothing to recycle.
            if (position % 50 == 0) await Task.Yield();
            Assert.True(position < 5_000, "No segment was ever recycled.");
        }
    }

    [Fact]
    public void A_torn_tail_is_cut_off_and_what_stands_before_it_stays()
    {
        using (var files = new SegmentFiles(_folder, SegmentBytes))
        {
            files.Open((_, _, _) => true);
            for (var i = 1; i <= 3; i++) Append(files, i, 500);
        }
        var whole = File.ReadAllBytes(Newest());
        var last = (JournalRecord.HeaderBytes + 500) * 2;
        for (var length = last; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Newest(), whole[..length]);
            var (records, damaged) = AfterKill(_folder);
            Assert.Empty(damaged);
            Assert.Equal([(1, 500), (2, 500)], records);
        }
    }

    [Fact]
    public void A_damaged_record_of_a_closed_segment_is_told_and_a_copy_is_kept()
    {
        using (var files = new SegmentFiles(_folder, SegmentBytes))
        {
            files.Open((_, _, _) => true);
            for (var i = 1; i <= 200; i++) Append(files, i, 1000);
        }
        // The first segment ends as soon as blocks have been prepared for the next, which may be at once.
        const int Bytes = JournalRecord.HeaderBytes + 1000;
        var closed = Directory.GetFiles(_folder, "*.log").Order(StringComparer.Ordinal).SkipLast(1).First(f => new FileInfo(f).Length >= 5 * Bytes);
        var hurt = SegmentReader.FirstOf(closed) + 3;
        var bytes = File.ReadAllBytes(closed);
        bytes[(Bytes * 3) + 100] ^= 1;
        File.WriteAllBytes(closed, bytes);
        using var again = new SegmentFiles(_folder, SegmentBytes);
        var positions = new List<long>();
        var damaged = again.Open((_, position, _) => Keep(positions, position));
        Assert.Contains("damaged", Assert.Single(damaged), StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(closed + ".damaged"));
        Assert.Equal(Enumerable.Range(1, (int)hurt - 1).Select(i => (long)i), positions.Take((int)hurt - 1));
        Assert.DoesNotContain(hurt, positions);
        Assert.Equal(200, positions[^1]);
    }

    private string Newest() => Directory.GetFiles(_folder, "*.log").Order(StringComparer.Ordinal).Last();

    private static void Append(SegmentFiles files, long position, int bytes)
    {
        var body = new byte[bytes];
        Array.Fill(body, (byte)position);
        files.Append(position, [(JournalRecordKind.Group, position, body)]);
    }

    /// <summary>Reads a copy of the folder as a start would find it if the process had been killed now.</summary>
    private static (List<(long Position, int Bytes)> Records, List<string> Damaged) AfterKill(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("luohu-journal-copy-").FullName;
        try
        {
            foreach (var path in Directory.GetFiles(folder, "*.log")) File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
            using var files = new SegmentFiles(copy, SegmentBytes);
            var records = new List<(long, int)>();
            var damaged = files.Open((_, position, body) =>
            {
                Assert.True(body.IndexOfAnyExcept((byte)position) < 0, $"Record {position} holds another one's bytes.");
                records.Add((position, body.Length));
                return true;
            });
            return (records, damaged);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static bool Keep(List<long> positions, long position)
    {
        positions.Add(position);
        return true;
    }
}
