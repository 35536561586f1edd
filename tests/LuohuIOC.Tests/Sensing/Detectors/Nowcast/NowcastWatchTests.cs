using System.Reflection;
using LuohuIOC.Alerts;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors.Nowcast;

/// <summary>The watch over a desk with a waterlogging point, a pipe and a gauge, and over alerts that are open from before its start.</summary>
public sealed class NowcastWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-nowcast-").FullName;
    private readonly ForecastDesk _desk = new();
    private readonly AlertBoard _alerts = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false, "point nowcast-depth", "pipe nowcast-residual", "gone nowcast-level")]
    [InlineData(true, "gone nowcast-level")]
    public async Task Alerts_of_stations_that_are_not_forecast_end_after_a_start(bool run, params string[] ended)
    {
        _alerts.Load([Open("point", "nowcast-depth"), Open("pipe", "nowcast-residual"), Open("gone", "nowcast-level"), Open("pipe", "pipe-level")]);
        var grains = AlertGrains.Over(_alerts);
        using var watch = Watch(grains.Factory, new NowcastSettings { Run = run, Speed = 600 });
        var all = grains.Ended(ended.Length);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        _lifetime.NotifyStarted();
        await all.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await watch.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ended.Order(), grains.Told.Order());
    }

    private NowcastWatch Watch(IGrainFactory grains, NowcastSettings settings)
    {
        var models = new ModelStore<NowcastModel, NowcastEvaluation>(ModelsDatabase.Open(_folder), ModelsDatabase.Nowcast, NullLogger.Instance);
        var hosts = new Hosts(Options.Create(new ClusterOptions()), new ServiceCollection().BuildServiceProvider());
        return new NowcastWatch(
            _desk.Registry, new LatestBoard(), new RainBoard(), new RuleBook(Path.Combine(_folder, "rules.db"), TimeProvider.System), new NowcastModels(models), new NowcastBoard(), _desk,
            _alerts, grains, new SiloStarted(_lifetime), hosts, settings, TimeProvider.System, NullLogger<NowcastWatch>.Instance);
    }

    private static AlertView Open(string sensor, string rule) => new()
    {
        Id = $"{sensor} {rule}",
        SensorId = sensor,
        SensorName = "",
        Kind = "pipe",
        Street = "",
        Rule = rule,
        RuleName = "",
        Severity = "blue",
        Worst = "blue",
        State = "raised",
        Metric = "level",
        Unit = "m",
        ObservedAt = DateTimeOffset.UnixEpoch,
        RaisedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 1,
    };

    /// <summary>Closes on the board whatever alert is ended, as the alerts' grains do.</summary>
    public class AlertGrains : DispatchProxy
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private AlertBoard _board = null!;
        private string? _sensor;
        private AlertGrains _of = null!;
        private int _wanted;

        internal List<string> Told { get; } = [];

        internal IGrainFactory Factory => (IGrainFactory)(object)this;

        internal static AlertGrains Over(AlertBoard board)
        {
            var grains = (AlertGrains)(object)Create<IGrainFactory, AlertGrains>();
            (grains._board, grains._of) = (board, grains);
            return grains;
        }

        internal Task Ended(int count)
        {
            Volatile.Write(ref _wanted, count);
            return _all.Task;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (_sensor is not null) return _of.Take(_sensor, Assert.Single((RuleChange[])args![0]!));
            var grain = (AlertGrains)(object)Create<IAlertGrain, AlertGrains>();
            (grain._of, grain._sensor) = (this, (string)args![0]!);
            return grain;
        }

        private Task Take(string sensor, RuleChange change)
        {
            Assert.Null(change.Severity);
            Told.Add($"{sensor} {change.Rule}");
            _board.Publish(Open(sensor, change.Rule) with { State = "closed", Version = 2 });
            if (Told.Count == Volatile.Read(ref _wanted)) _all.SetResult();
            return Task.CompletedTask;
        }
    }
}
