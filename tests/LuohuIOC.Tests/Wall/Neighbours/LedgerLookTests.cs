using LuohuIOC.Alerts;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Wall.Neighbours;
using Xunit;

namespace LuohuIOC.Tests.Wall.Neighbours;

/// <summary>The board of one host beside the ledger of all.</summary>
public sealed class LedgerLookTests : IAsyncLifetime
{
    private readonly StoreFixture _ledger = new();
    private readonly AlertBoard _board = new();
    private readonly List<AlertView> _shown = [];
    private readonly HashSet<string> _ownedElsewhere = [];
    private LedgerLook _look = null!;

    public ValueTask InitializeAsync()
    {
        _look = new LedgerLook(_board, _ledger.Queries, ids => Task.FromResult<IReadOnlySet<string>>(_ownedElsewhere.Intersect(ids).ToHashSet()));
        _board.Changed += _shown.Add;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task An_alert_that_is_stored_and_was_not_told_comes_onto_the_board()
    {
        await _ledger.RaiseAsync("wl-001", Severity.Red, 0);
        await _look.LookAsync();
        Assert.Equal("wl-001", Assert.Single(_board.Open).SensorId);
    }

    [Fact]
    public async Task An_alert_that_was_told_and_never_stored_goes_at_the_second_look()
    {
        await _ledger.RaiseAsync("wl-001", Severity.Red, 0);
        var phantom = AlertView.Of(_ledger.Queries.Open()[0]) with { Id = "told-by-the-dead" };
        _board.Learn(phantom);
        await _look.LookAsync();
        Assert.Equal(2, _board.Count);
        await _look.LookAsync();
        Assert.Equal(_ledger.Queries.Open()[0].Id, Assert.Single(_board.Open).Id);
        Assert.Equal((phantom.Id, "closed", phantom.Version + 1), (_shown[^1].Id, _shown[^1].State, _shown[^1].Version));
        // Should the same reading raise it after all, it is shown again.
        _board.Learn(phantom);
        Assert.Equal(2, _board.Count);
    }

    [Fact]
    public async Task A_transition_that_was_told_and_never_stored_gives_way_to_the_stored_one()
    {
        await _ledger.RaiseAsync("wl-001", Severity.Yellow, 0);
        var stored = AlertView.Of(_ledger.Queries.Open()[0]);
        _board.Learn(stored with { Version = stored.Version + 1, Severity = "red" });
        await _look.LookAsync();
        await _look.LookAsync();
        Assert.Equal(stored, Assert.Single(_board.Open));
    }

    [Fact]
    public async Task What_a_living_host_will_store_stays_however_long_the_disk_takes()
    {
        await _ledger.RaiseAsync("wl-001", Severity.Red, 0);
        var stored = AlertView.Of(_ledger.Queries.Open()[0]);
        _board.Publish(stored with { Id = "own" });
        _board.Learn(stored with { Id = "theirs" });
        _ownedElsewhere.Add("theirs");
        for (var i = 0; i < 3; i++) await _look.LookAsync();
        Assert.Equal(3, _board.Count);
        _board.Disown("own");
        for (var i = 0; i < 2; i++) await _look.LookAsync();
        Assert.DoesNotContain(_board.Open, a => a.Id == "own");
    }

    [Fact]
    public async Task An_alert_that_goes_on_between_two_looks_is_not_doubted()
    {
        await _ledger.RaiseAsync("wl-001", Severity.Red, 0);
        var view = AlertView.Of(_ledger.Queries.Open()[0]) with { Id = "moving" };
        for (var version = 1; version < 6; version++)
        {
            _board.Learn(view with { Version = version });
            await _look.LookAsync();
        }
        Assert.Equal(2, _board.Count);
    }
}
