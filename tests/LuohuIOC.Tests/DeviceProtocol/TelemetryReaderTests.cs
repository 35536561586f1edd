using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol;

public sealed class TelemetryReaderTests
{
    public static TheoryData<string> ValidNames => [.. GoldenVectors.Valid.Cases.Select(c => c.Name)];

    public static TheoryData<string> InvalidNames => [.. GoldenVectors.Invalid.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(ValidNames))]
    public void Takes_a_valid_vector_whole(string name) => Check(GoldenVectors.Valid, name);

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Refuses_of_an_invalid_vector_what_the_contract_says(string name) => Check(GoldenVectors.Invalid, name);

    [Fact]
    public void Vectors_are_many_and_cover_every_reason_of_a_payload()
    {
        Assert.True(GoldenVectors.Valid.Cases.Length >= 40);
        Assert.True(GoldenVectors.Invalid.Cases.Length >= 60);
        Assert.All(GoldenVectors.Valid.Cases, c => Assert.Empty(c.Rejections));
        Assert.All(GoldenVectors.Invalid.Cases, c => Assert.NotEmpty(c.Rejections));

        RejectionReason[] ofTopics = [RejectionReason.None, RejectionReason.TopicInvalid, RejectionReason.TopicForbidden, RejectionReason.ProtocolUnsupported];
        var ofRepliesAndFrames = Enum.GetValues<RejectionReason>().Where(r => r >= RejectionReason.CommandUnknown);
        var covered = GoldenVectors.Invalid.Cases.SelectMany(c => c.Rejections).Select(r => r.Reason);
        Assert.Equal(Enum.GetValues<RejectionReason>().Except(ofTopics).Except(ofRepliesAndFrames).Select(r => r.WireName()).Order(), covered.Distinct().Order());
    }

    private static void Check(GoldenVectors vectors, string name)
    {
        var vector = vectors[name];
        var (readings, rejections) = RecordingSink.Decode(vector.Topic, vector.Bytes(), vectors.SensorsOf(vector));
        Assert.Equal(vector.Rejections, rejections);
        if (vector.ReadingCount is { } count) Assert.Equal(count, readings.Count);
        else Assert.Equal(vector.Readings!.Select(r => r.ToString()), readings.Select(r => r.ToString()));
    }
}
