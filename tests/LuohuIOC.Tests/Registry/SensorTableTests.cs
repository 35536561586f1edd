using System.Text;
using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public class SensorTableTests
{
    private static readonly Gen<string> Short = Gen.String[Gen.Char["ab01-"], 1, 20];

    // Few letters make ids that share ends and lengths; half of them share the 16 bytes that a slot holds too.
    private static readonly Gen<string> Id = Gen.OneOf(Short, Short.Select(end => $"waterlogging-001{end}"));

    [Fact]
    public void Finds_by_bytes_and_by_string_what_a_dictionary_would() =>
        Gen.Select(Id.List[0, 300], Id.List[0, 50]).Sample((put, asked) =>
        {
            var table = new SensorTable();
            var expected = new Dictionary<string, Sensor>();
            foreach (var id in put)
            {
                var row = Row(id, expected.Count);
                table.Put(row);
                expected[id] = row;
            }
            foreach (var id in put.Concat(asked))
            {
                Assert.Same(expected.GetValueOrDefault(id), table.Find(id));
                Assert.Same(expected.GetValueOrDefault(id), table.Find(Encoding.UTF8.GetBytes(id)));
            }
        });

    [Fact]
    public void Bytes_that_are_no_id_find_nothing()
    {
        var table = new SensorTable();
        table.Put(Row("outfall-001", 0));
        Assert.Null(table.Find(ReadOnlySpan<byte>.Empty));
        Assert.Null(table.Find([0xFF, 0xFE, 0x00]));
        Assert.Null(table.Find("outfall-001\0"u8));
        Assert.Null(table.Find("outfall-00"u8));
        Assert.Null(table.Find(new byte[5000]));
        Assert.Null(table.Find("排水口"));
        Assert.Null(table.Find(new string('a', 5000)));
    }

    [Fact]
    public void Looking_up_bytes_allocates_nothing()
    {
        var table = new SensorTable();
        for (var i = 0; i < 5000; i++) table.Put(Row($"outfall-{i:D4}-with-a-long-name", i));
        var id = "outfall-4321-with-a-long-name"u8.ToArray();
        Assert.NotNull(table.Find(id));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) table.Find(id);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Sensor Row(string id, int number) => new()
    {
        Number = number,
        Id = id,
        Kind = SensorKind.Generic,
        Name = id,
        Street = "",
        Longitude = 0,
        Latitude = 0,
        Gateway = "gw-1",
        Layout = MetricLayout.Of(SensorKind.Generic),
    };
}
