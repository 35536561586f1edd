using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using LuohuIOC.History;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.History;

public sealed class HistoryMeterTests
{
    /// <summary>Bounds made for milliseconds would put all that ever happens into the first bucket.</summary>
    [Fact]
    public async Task Times_in_seconds_have_buckets_of_seconds()
    {
        await using var host = await WebHost.StartAsync();
        new HistoryMeter(host.Services.GetRequiredService<IMeterFactory>(), () => 0, () => 0, () => 0, () => 0, () => 0).Stored(TimeSpan.FromMilliseconds(20));
        using var viewer = host.ClientAs(Role.Viewer);
        var bounds = Regex.Matches(await ApiClient.TextOf(await viewer.Get("/metrics")), """^(\w+_seconds)_bucket\{.*le="([0-9.e-]+)"\}""", RegexOptions.Multiline)
            .Select(m => (Name: m.Groups[1].Value, Seconds: double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))).ToLookup(b => b.Name, b => b.Seconds);
        Assert.Contains("luohu_history_transaction_seconds", bounds.Select(b => b.Key));
        Assert.All(bounds, histogram => Assert.True(histogram.Min() is > 0 and < 0.1, $"{histogram.Key}: {string.Join(' ', histogram.Distinct())}"));
        Assert.InRange(bounds["luohu_history_transaction_seconds"].Max(), 10, 120);
    }
}
