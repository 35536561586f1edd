using CsCheck;
using LuohuIOC.Ingestion;
using LuohuIOC.Tests.History;
using Xunit;

namespace LuohuIOC.Tests.Ingestion;

public sealed class ReadingGroupTests
{
    /// <summary>Groups of no, one or many readings, merged as a queue merges them, and taken apart again anywhere.</summary>
    [Fact]
    public void Merged_groups_have_the_readings_of_all_and_lose_only_those_before_a_position() =>
        Gen.Select(Gen.Int[0, 6].Array[1, 40], Gen.Int[0, 41]).Sample((sizes, through) =>
        {
            var waiting = new List<ReadingGroup>();
            for (var position = 1; position <= sizes.Length; position++)
                if (ReadingGroup.Merge(waiting.Count > 0 ? waiting[^1] : null, Group(position, sizes[position - 1])) is { } behind) waiting.Add(behind);
            var merged = Assert.Single(waiting);
            Assert.Equal((1L, (long)sizes.Length), (merged.FirstPosition, merged.Position));

            merged.DropThrough(through);

            var left = sizes.SelectMany((size, at) => Enumerable.Range(0, size).Select(i => (at + 1L, i))).Where(r => r.Item1 > through);
            Assert.Equal(left, Enumerable.Range(0, merged.Count).Select(i => (merged.Sequences[i], merged.Sensors[i])));
            for (var i = 0; i < merged.Count; i++)
            {
                Assert.Equal(Values(merged.Sequences[i], merged.Sensors[i]), merged.SlotsOf(i).ToArray().Zip(merged.ValuesOf(i).ToArray()).Select(v => ((int)v.First, v.Second)));
                Assert.Equal(MarkOf(merged.Sensors[i]), merged.Marks[i]);
            }
        });

    [Fact]
    public void A_large_group_is_not_copied_and_none_is_merged_into_it()
    {
        var large = Group(1, 300);
        Assert.Same(large, ReadingGroup.Merge(null, large));

        var small = ReadingGroup.Merge(large, Group(2, 1));

        Assert.NotNull(small);
        Assert.Equal((300, 1, 2L), (large.Count, small.Count, small.FirstPosition));
    }

    [Fact]
    public void A_merged_group_ends_at_its_limit()
    {
        var merged = ReadingGroup.Merge(null, Group(1, 200));
        for (var position = 2; position <= 5; position++) Assert.Null(ReadingGroup.Merge(merged, Group(position, 200)));

        Assert.NotNull(ReadingGroup.Merge(merged, Group(6, 1)));
        Assert.Equal(ReadingGroup.MergedReadingsMax, merged!.Count);
    }

    private static ReadingGroup Group(long position, int readings) => HistoryScene.Group(
        position, Enumerable.Range(0, readings).Select(i => new SomeReading(i, 1_000 * position, position, Values: Values(position, i), Mark: MarkOf(i))));

    private static (int Slot, double Value)[] Values(long position, int reading) => [.. Enumerable.Range(0, 1 + reading % 3).Select(slot => (slot, position + slot / 8.0))];

    private static QualityMark MarkOf(int reading) => reading % 4 == 3 ? new QualityMark(QualityGrade.Bad, QualityReason.Spike, 1) : default;
}
