using System.Diagnostics;
using LuohuIOC.Ingestion;
using MQTTnet.Packets;
using Xunit;

namespace LuohuIOC.Tests.Ingestion;

public sealed class ReadingTraceTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";

    [Fact]
    public void While_nobody_listens_a_publish_costs_no_memory()
    {
        var properties = new List<MqttUserProperty> { new("traceparent", System.Text.Encoding.UTF8.GetBytes(Parent + "01")) };
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
                if (ReadingTrace.Begin(i % 2 == 0 ? properties : null, "gw-1") is not null) Assert.Fail("Nobody listens.");
            // The first round may load code.
            if (round == 1) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void One_in_so_many_is_followed_and_every_one_whose_sender_asks()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == ReadingTrace.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var followed = Enumerable.Range(0, ReadingTrace.OneIn * 3).Count(_ => ReadingTrace.Begin(null, "gw-1") is not null);
        Assert.Equal(3, followed);
        Assert.NotNull(ReadingTrace.Begin([Property("traceparent", Parent + "01")], "gw-1"));
        Assert.Null(ReadingTrace.Begin([Property("traceparent", Parent + "00")], "gw-1"));
        Assert.Null(ReadingTrace.Begin([Property("traceparent", "nonsense"), Property("other", Parent + "01")], "gw-1"));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Its_stages_are_below_the_publish_and_its_place_is_that_of_its_readings()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == ReadingTrace.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ReadingTrace.Begin([Property("traceparent", Parent + "01")], "gw-1")!;
        var group = new ReadingGroup();
        group.Add(7, 1, 1, 1);
        group.Add(8, 2, 2, 2);
        group.Follow(trace, 1);
        Assert.Equal((1, 2), (trace.First, trace.End));
        trace.Committed(42);
        trace.Stage("sensor")!.Dispose();
        Assert.Equal(["journal", "publish", "sensor"], ended.Select(a => a.OperationName));
        Assert.All(ended, a => Assert.Equal("0af7651916cd43dd8448eb211c80319c", a.TraceId.ToHexString()));
        Assert.Equal(ended[1].SpanId, ended[0].ParentSpanId);
        Assert.Equal(ended[1].SpanId, ended[2].ParentSpanId);
        group.Release();
    }

    private static MqttUserProperty Property(string name, string value) => new(name, System.Text.Encoding.UTF8.GetBytes(value));
}
