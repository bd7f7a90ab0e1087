#!/usr/bin/env bash
# event-ruler 2.1.0, EventBridge's own matcher: "an element of the list with this field and without that one"
# holds or not by the alphabet. The field that is there has to come before the absent one by name: then the
# absence is looked for in its element, else in the whole list.
# Needs Java 11 or later and Maven. Leaves nothing behind; fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.event.ruler</groupId><artifactId>event-ruler</artifactId><version>2.1.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Finding.java <<'JAVA'
import software.amazon.event.ruler.Ruler;

public class Finding {
    static boolean same = true;

    static void show(boolean wanted, String rule, String event) throws Exception {
        boolean matches = Ruler.matchesRule(event, rule);
        System.out.println((matches ? "matches   " : "no match  ") + rule + "  " + event);
        same &= matches == wanted;
    }

    public static void main(String[] arguments) throws Exception {
        show(true, "{\"list\":{\"a\":[\"x\"],\"b\":[{\"exists\":false}]}}",
            "{\"list\":[{\"a\":\"x\"},{\"b\":\"y\"}]}");
        show(false, "{\"list\":{\"b\":[\"x\"],\"a\":[{\"exists\":false}]}}",
            "{\"list\":[{\"b\":\"x\"},{\"a\":\"y\"}]}");
        show(true, "{\"list\":{\"b\":[\"x\"],\"c\":[{\"exists\":false}]}}",
            "{\"list\":[{\"b\":\"x\"},{\"c\":\"y\"}]}");
        System.out.println(same ? "still so" : "this has changed");
        System.exit(same ? 0 : 1);
    }
}
JAVA
java -cp 'lib/*' Finding.java
