using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.SensorThings;
using LuohuIOC.Tests.History;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaResourceTests
{
    [Fact]
    public async Task Every_observation_answers_at_its_own_address()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(
            new SomeReading(0, HistoryScene.Start, 17, Values: [(0, 1.5)]), new SomeReading(0, HistoryScene.Start, 18, Values: [(0, 2.5)]));
        var registry = LuohuIOC.Tests.Registry.Some.Registry(LuohuIOC.Tests.Registry.Some.Draft("pipe-000"));
        var entities = new StaEntities(registry, "", TimeProvider.System);
        var resource = new StaResource(entities, new StaObservations(scene.Queries, entities), TestContext.Current.CancellationToken);
        var stream = (string)entities.Datastream(registry[0], 0)["@iot.id"]!;
        var page = (await resource.ReadAsync($"Datastreams('{stream}')/Observations", StaQuery.Parse([])))!.Page!;
        Assert.Equal(2, page.Items.Count);
        foreach (var observation in page.Items)
        {
            var answer = await resource.ReadAsync(((string)observation["@iot.selfLink"]!)[1..], StaQuery.Parse([]));
            Assert.True(JsonNode.DeepEquals(observation, answer!.Entity));
        }
        Assert.NotNull(await resource.ReadAsync($"Observations('{(string)page.Items[0]["@iot.id"]!}')/Datastream", StaQuery.Parse([])));
        foreach (var id in new[] { $"{stream}:1.1", $"{stream}:x", stream, "x" })
            Assert.Null(await resource.ReadAsync($"Observations('{id}')", StaQuery.Parse([])));
    }

    /// <summary>A device that sends what it kept, its clock two hours ahead: all of it counts as of one receipt.</summary>
    [Fact]
    public async Task Readings_of_a_clock_ahead_have_an_id_each()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(Enumerable.Range(0, 3).Select(i => new SomeReading(0, HistoryScene.Start + 7_200_000 + (i * 1000), i < 2 ? null : 17, HistoryScene.Start, [(0, i)])));
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start, 17, Values: [(0, 9)]));
        var registry = LuohuIOC.Tests.Registry.Some.Registry(LuohuIOC.Tests.Registry.Some.Draft("pipe-000"));
        var entities = new StaEntities(registry, "", TimeProvider.System);
        var resource = new StaResource(entities, new StaObservations(scene.Queries, entities), TestContext.Current.CancellationToken);
        var stream = (string)entities.Datastream(registry[0], 0)["@iot.id"]!;
        var items = (await resource.ReadAsync($"Datastreams('{stream}')/Observations", StaQuery.Parse([])))!.Page!.Items;
        Assert.Equal(4, items.Select(o => (string)o["@iot.id"]!).Distinct().Count());
        foreach (var observation in items)
            Assert.True(JsonNode.DeepEquals(observation, (await resource.ReadAsync(((string)observation["@iot.selfLink"]!)[1..], StaQuery.Parse([])))!.Entity));
        Assert.Equal([$"{stream}:{HistoryScene.Start}.17"], items.Where(o => (double)o["result"]! == 9).Select(o => (string)o["@iot.id"]!));
    }

    [Fact]
    public async Task Where_a_sensor_stands_is_left_out_when_nobody_knows()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start));
        var registry = LuohuIOC.Tests.Registry.Some.Registry(LuohuIOC.Tests.Registry.Some.Draft("pipe-000") with { Place = null });
        var entities = new StaEntities(registry, "", TimeProvider.System);
        var resource = new StaResource(entities, new StaObservations(scene.Queries, entities), TestContext.Current.CancellationToken);
        var stream = entities.Datastream(registry[0], 0);
        Assert.False(stream.ContainsKey("observedArea"));
        var page = (await resource.ReadAsync($"Datastreams('{(string)stream["@iot.id"]!}')/Observations", StaQuery.Parse([new("$expand", "FeatureOfInterest,Datastream")])))!.Page!;
        var observation = Assert.Single(page.Items);
        Assert.Equal(["Datastream", "Datastream@iot.navigationLink"], observation.Select(p => p.Key).Where(k => k.StartsWith("Datastream") || k.StartsWith("Feature")).Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<StaQueryException>(() => resource.ReadAsync("Things", StaQuery.Parse([new("$expand", "FeatureOfInterest")])));
    }

    /// <summary>A thousand histories in one answer took five seconds.</summary>
    [Fact]
    public async Task A_page_that_expands_histories_ends_at_their_bound_and_the_next_goes_on()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start, 17, Values: [(0, 1.5)]));
        var registry = LuohuIOC.Tests.Registry.Some.Registry([.. Enumerable.Range(0, 60).Select(i => LuohuIOC.Tests.Registry.Some.Draft($"pipe-{i:000}"))]);
        var entities = new StaEntities(registry, "", TimeProvider.System);
        var seen = new List<string>();
        var pages = 0;
        for (string? next = "$skip=0"; next is not null; pages++)
        {
            var resource = new StaResource(entities, new StaObservations(scene.Queries, entities), TestContext.Current.CancellationToken);
            var query = StaQuery.Parse([new("$top", "1000"), new("$expand", "Observations($top=1)"), new("$skip", next["$skip=".Length..])]);
            var page = (await resource.ReadAsync("Datastreams", query))!.Page!;
            Assert.InRange(page.Items.Count, 1, StaResource.HistoriesMax);
            Assert.All(page.Items, stream => Assert.True(stream.ContainsKey("Observations")));
            seen.AddRange(page.Items.Select(stream => (string)stream["@iot.id"]!));
            next = page.Next;
        }
        Assert.True(pages > 1);
        Assert.Equal(entities.Sensors.SelectMany(entities.Streams).Select(s => (string)entities.Datastream(s.Sensor, s.Slot)["@iot.id"]!), seen);
    }

    [Fact]
    public async Task A_page_of_nothing_has_no_next_one()
    {
        var entities = new StaEntities(new SensorRegistry(), "", TimeProvider.System);
        var resource = new StaResource(entities, new StaObservations(null!, entities), TestContext.Current.CancellationToken);
        var page = (await resource.ReadAsync("Sensors", StaQuery.Parse([new("$top", "0"), new("$count", "true")])))!.Page!;
        Assert.Empty(page.Items);
        Assert.Null(page.Next);
        Assert.True(page.Count > 0);
    }
}
