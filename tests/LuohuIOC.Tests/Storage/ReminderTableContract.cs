using CsCheck;
using Xunit;

namespace LuohuIOC.Tests.Storage;

/// <summary>What reminders may rely on, whichever store keeps them.</summary>
public abstract class ReminderTableContract : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    private protected abstract Task<string> NewStoreAsync();

    private StoreSite _site = null!;

    private IReminderTable Table => _site.Reminders;

    public async ValueTask InitializeAsync()
    {
        _site = new StoreSite(await NewStoreAsync());
        await _site.StartAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_reminder_is_read_as_it_was_made_and_after_a_restart()
    {
        var etag = await Table.UpsertRow(Entry("water", "close", Noon, TimeSpan.FromMinutes(90)));
        await _site.StopAsync();
        await _site.StartAsync();
        var read = await Table.ReadRow(Id("water"), "close");
        Assert.Equal((Id("water"), "close", Noon, TimeSpan.FromMinutes(90), etag), (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Null(await Table.ReadRow(Id("water"), "other"));
    }

    [Fact]
    public async Task Only_the_newest_etag_removes()
    {
        var first = await Table.UpsertRow(Entry("water", "close"));
        var second = await Table.UpsertRow(Entry("water", "close", Noon.AddHours(1)));
        Assert.NotEqual(first, second);
        Assert.False(await Table.RemoveRow(Id("water"), "close", first!));
        Assert.Equal(Noon.AddHours(1), (await Table.ReadRow(Id("water"), "close"))!.StartAt);
        Assert.True(await Table.RemoveRow(Id("water"), "close", second!));
        Assert.False(await Table.RemoveRow(Id("water"), "close", second!));
        Assert.Null(await Table.ReadRow(Id("water"), "close"));
    }

    [Fact]
    public async Task A_reminder_made_again_is_not_taken_for_the_old_one()
    {
        var old = await Table.UpsertRow(Entry("water", "close"));
        Assert.True(await Table.RemoveRow(Id("water"), "close", old!));
        await Table.UpsertRow(Entry("water", "close"));
        Assert.False(await Table.RemoveRow(Id("water"), "close", old!));
        Assert.NotNull(await Table.ReadRow(Id("water"), "close"));
    }

    [Fact]
    public async Task A_grain_finds_all_its_own()
    {
        await Table.UpsertRow(Entry("water", "close"));
        await Table.UpsertRow(Entry("water", "催办'; --"));
        await Table.UpsertRow(Entry("fire", "close"));
        var names = (await Table.ReadRows(Id("water"))).Reminders.Select(r => r.ReminderName);
        Assert.Equal(["close", "催办'; --"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Writers_that_come_together_leave_one_row_whose_etag_one_of_them_has()
    {
        var etags = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Table.UpsertRow(Entry("water", "close", Noon.AddMinutes(i))))));
        Assert.Equal(24, etags.Distinct().Count());
        Assert.Contains((await Table.ReadRow(Id("water"), "close"))!.ETag, etags);
        Assert.Single((await Table.ReadRows(Id("water"))).Reminders);
    }

    /// <summary>Ranges are (begin, end] on a ring of 2^32; when begin is not below end they go over its end.</summary>
    [Fact]
    public async Task Any_range_of_the_ring_holds_what_a_slow_look_finds()
    {
        var ring = Enumerable.Range(0, 150).Select(i => Id($"grain-{i}")).ToDictionary(id => id, id => id.GetUniformHashCode());
        foreach (var id in ring.Keys) await Table.UpsertRow(new ReminderEntry { GrainId = id, ReminderName = "r", StartAt = Noon, Period = TimeSpan.FromHours(1) });
        uint[] edges = [0, 1, int.MaxValue, (uint)int.MaxValue + 1, uint.MaxValue, .. ring.Values.Take(20), .. ring.Values.Take(20).Select(h => h - 1)];
        var place = Gen.OneOf(Gen.UInt, Gen.Int[0, edges.Length - 1].Select(i => edges[i]));
        await Gen.Select(place, place).SampleAsync(
            async range =>
            {
                var (begin, end) = range;
                var found = (await Table.ReadRows(begin, end)).Reminders.Select(r => r.GrainId).Order();
                return found.SequenceEqual(ring.Where(r => begin < end ? r.Value > begin && r.Value <= end : r.Value > begin || r.Value <= end).Select(r => r.Key).Order());
            },
            iter: 200, threads: 1);
        Assert.Equal(150, (await Table.ReadRows(7, 7)).Reminders.Count);
    }

    private static GrainId Id(string key) => GrainId.Create("sensor", key);

    private static ReminderEntry Entry(string key, string name, DateTime? at = null, TimeSpan? period = null) =>
        new() { GrainId = Id(key), ReminderName = name, StartAt = at ?? Noon, Period = period ?? TimeSpan.FromHours(1) };
}
