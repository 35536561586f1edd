using CsCheck;
using LuohuIOC.Storage;
using Orleans.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

/// <summary>What grain states may rely on, whichever store keeps them.</summary>
public abstract class GrainStorageContract : IAsyncLifetime
{
    private const string Name = "tally";

    private protected abstract Task<string> NewStoreAsync();

    private StoreSite _site = null!;

    private IGrainStorage Store => _site.Grains;

    public async ValueTask InitializeAsync()
    {
        _site = new StoreSite(await NewStoreAsync());
        await _site.StartAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Before_the_first_write_there_is_nothing()
    {
        var held = await ReadAsync("new");
        Assert.False(held.RecordExists);
        Assert.Equal(0, held.State.Count);
    }

    [Fact]
    public async Task What_was_written_is_read_by_others_and_after_a_restart()
    {
        var held = await ReadAsync("a");
        held.State = Tally.Of(321);
        await Store.WriteStateAsync(Name, Id("a"), held);
        Assert.True(held.RecordExists);
        Assert.Equal(321, (await ReadAsync("a")).State.Count);

        await _site.StopAsync();
        await _site.StartAsync();
        var later = await ReadAsync("a");
        Assert.Equal((321, true, held.ETag), (later.State.Count, later.State.IsWhole, later.ETag));
    }

    [Fact]
    public async Task What_cannot_be_read_begins_anew_and_is_kept_beside_it()
    {
        await Store.WriteStateAsync(Name, Id("a"), new GrainState<string>("of another shape"));
        var held = await ReadAsync("a");
        Assert.Equal(0, held.State.Count);
        held.State = Tally.Of(5);
        await Store.WriteStateAsync(Name, Id("a"), held);
        Assert.Equal(5, (await ReadAsync("a")).State.Count);
        var kept = new GrainState<string>();
        await Store.ReadStateAsync($"damaged-{Name}", Id("a"), kept);
        Assert.Equal("of another shape", kept.State);
    }

    [Fact]
    public async Task A_stale_etag_writes_nothing()
    {
        var (first, second) = (await ReadAsync("a"), await ReadAsync("a"));
        first.State = Tally.Of(1);
        await Store.WriteStateAsync(Name, Id("a"), first);
        second.State = Tally.Of(2);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteStateAsync(Name, Id("a"), second));

        second = await ReadAsync("a");
        var before = first.ETag;
        first.State = Tally.Of(3);
        await Store.WriteStateAsync(Name, Id("a"), first);
        Assert.NotEqual(before, first.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteStateAsync(Name, Id("a"), second));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.ClearStateAsync(Name, Id("a"), second));
        Assert.Equal(3, (await ReadAsync("a")).State.Count);
    }

    [Fact]
    public async Task Of_writers_that_start_together_one_wins()
    {
        foreach (var round in Enumerable.Range(1, 10))
        {
            var writers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ReadAsync("a")));
            var won = await Task.WhenAll(writers.Select(async (held, i) =>
            {
                held.State = Tally.Of(round * 100 + i);
                return await TriesAsync(() => Store.WriteStateAsync(Name, Id("a"), held)) ? held.State.Count : 0;
            }));
            Assert.Equal(won.Sum(), (await ReadAsync("a")).State.Count);
            Assert.Single(won, w => w > 0);
        }
    }

    [Fact]
    public async Task Writers_that_read_again_lose_no_step()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var steps = 0; steps < 25;)
            {
                var held = await ReadAsync("a");
                held.State = Tally.Of(held.State.Count + 1);
                if (await TriesAsync(() => Store.WriteStateAsync(Name, Id("a"), held))) steps++;
            }
        })));
        Assert.Equal(150, (await ReadAsync("a")).State.Count);
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_its_etags_are_never_good_again()
    {
        var held = await ReadAsync("a");
        held.State = Tally.Of(7);
        await Store.WriteStateAsync(Name, Id("a"), held);
        var stale = await ReadAsync("a");
        await Store.ClearStateAsync(Name, Id("a"), held);
        Assert.Equal((false, 0), (held.RecordExists, held.State.Count));
        Assert.False((await ReadAsync("a")).RecordExists);

        held.State = Tally.Of(8);
        await Store.WriteStateAsync(Name, Id("a"), held);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteStateAsync(Name, Id("a"), stale));
        Assert.Equal(8, (await ReadAsync("a")).State.Count);
    }

    [Fact]
    public async Task Every_grain_and_every_name_has_its_own()
    {
        string[] keys = ["a", "A", "a ", "0a", "水位-01", "x'; --", "a/b+c", new string('k', 200)];
        foreach (var (i, key) in keys.Index())
        {
            foreach (var name in (string[])["tally", "other"])
            {
                var held = new Held { State = Tally.Of(i * 10 + name.Length) };
                await Store.WriteStateAsync(name, Id(key), held);
            }
        }
        foreach (var (i, key) in keys.Index())
        {
            var other = new Held();
            await Store.ReadStateAsync("other", Id(key), other);
            Assert.Equal((i * 10 + 5, i * 10 + 5), ((await ReadAsync(key)).State.Count, other.State.Count));
        }
    }

    [Fact]
    public async Task Keys_are_those_of_grains_that_have_a_state_by_the_name()
    {
        string[] keys = ["a", "A", "0a", "水位-01", "x'; --", "a/b+c"];
        foreach (var key in keys) await Store.WriteStateAsync(Name, Id(key), new Held { State = Tally.Of(1) });
        await Store.WriteStateAsync("other", Id("b"), new Held { State = Tally.Of(1) });
        var cleared = new Held { State = Tally.Of(1) };
        await Store.WriteStateAsync(Name, Id("c"), cleared);
        await Store.ClearStateAsync(Name, Id("c"), cleared);
        Assert.Equal(keys.Order(StringComparer.Ordinal), ((GrainStates)Store).KeysOf(Name).Order(StringComparer.Ordinal));
    }

    /// <summary>Three holders of one state against a model that knows only which hold the newest.</summary>
    [Fact]
    public async Task Any_order_of_reads_writes_and_clears_does_what_the_model_says()
    {
        var step = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[1, 200]);
        var grain = 0;
        await step.Array[1, 40].SampleAsync(async steps =>
        {
            var key = $"model-{Interlocked.Increment(ref grain)}";
            var holders = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ReadAsync(key)));
            var known = new int[3];
            var (newest, count) = (0, 0);
            foreach (var (who, what, value) in steps)
            {
                var held = holders[who];
                if (what < 2)
                {
                    await Store.ReadStateAsync(Name, Id(key), held);
                    known[who] = newest;
                    Assert.Equal((count, count > 0), (held.State.Count, held.RecordExists));
                    continue;
                }
                if (what != 2) held.State = Tally.Of(value);
                var done = await TriesAsync(() => what == 2 ? Store.ClearStateAsync(Name, Id(key), held) : Store.WriteStateAsync(Name, Id(key), held));
                Assert.Equal(known[who] == newest, done);
                if (!done) continue;
                known[who] = ++newest;
                count = what == 2 ? 0 : value;
            }
        }, iter: 60, threads: 2);
    }

    private protected static GrainId Id(string key) => GrainId.Create("sensor", key);

    private async Task<Held> ReadAsync(string key)
    {
        var held = new Held();
        await Store.ReadStateAsync(Name, Id(key), held);
        return held;
    }

    private static async Task<bool> TriesAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
